import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonObject } from './contract.js';
import { byteLength, NotJsonError, plainObject } from './plain-json.js';

const MAX_BYTES = 16_384;

/** A value is not allowed by the schema of the params; the message begins with its path. */
export class ParamsError extends Error {}

/** Validates params (at most 16 KB) against a manifest's schema and returns a copy with all defaults. */
export function checkParams(schema: JsonObject, given: unknown = {}): JsonObject {
  const params = copyOf(given);
  const validate = compile(schema);
  if (validate(params)) return JSON.parse(JSON.stringify(params));
  const {
    instancePath,
    message,
    params: details,
  } = validate.errors?.[0] ?? { instancePath: '', message: 'does not fit', params: {} };
  const extra = 'additionalProperty' in details ? ` (${details.additionalProperty})` : '';
  throw new ParamsError(`params${instancePath.replaceAll('/', '.')} ${message}${extra}`);
}

/** Compiles a schema. Throws a ParamsError if it is invalid. */
export function compile(schema: JsonObject): ValidateFunction {
  try {
    // The instance below would validate the schema as well, and compile the meta-schema each time.
    if (!checker.validateSchema(schema)) throw new Error(`schema is invalid: ${checker.errorsText()}`);
    // A new instance for each, because Ajv keeps every compiled schema, and schemas come from users.
    return new Ajv({ ...OPTIONS, validateSchema: false }).compile(schema);
  } catch (error) {
    throw new ParamsError(`params: ${error instanceof Error ? error.message : 'not a schema'}`);
  }
}

const OPTIONS = {
  strict: true,
  useDefaults: true,
  allowUnionTypes: true,
  ownProperties: true,
  logger: false,
  // Simplifying the code of a schema takes longer than checking a few params with it.
  code: { optimize: false },
} as const;
/** Validates schemas against the meta-schema without keeping them. */
const checker = new Ajv(OPTIONS);

/** A copy whose objects have no prototype: a property named `constructor` exists only if it was given. */
function copyOf(given: unknown): JsonObject {
  try {
    const params = plainObject(given, 'params');
    if (byteLength(params) > MAX_BYTES)
      throw new ParamsError(`params is larger than ${MAX_BYTES} bytes (16 KB) of JSON`);
    return JSON.parse(JSON.stringify(params), (_, value) => (isObject(value) ? bare(value) : value));
  } catch (error) {
    if (error instanceof NotJsonError) throw new ParamsError(error.message);
    throw error;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bare(object: JsonObject): JsonObject {
  return Object.assign(Object.create(null), object);
}
