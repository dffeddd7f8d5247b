import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonObject } from './contract.js';
import { byteLength, NotJson, plainObject } from './plain-json.js';

const MAX_BYTES = 16_384;

/** A value that params do not allow; the message begins with its path. */
export class ParamsError extends Error {}

/** Checks params, at most 16 KB of them, against a manifest's schema and returns a copy in which every default is filled in. */
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

/** Compiles a schema, or throws a ParamsError saying why it is none. */
export function compile(schema: JsonObject): ValidateFunction {
  try {
    // Compiling would hold it against the schema of schemas too, and compile that one for each schema again.
    if (!checker.validateSchema(schema)) throw new Error(`schema is invalid: ${checker.errorsText()}`);
    // One instance each: schemas come from strangers, and Ajv keeps every one it has compiled.
    return new Ajv({ ...OPTIONS, validateSchema: false }).compile(schema);
  } catch (error) {
    throw new ParamsError(`params: ${error instanceof Error ? error.message : 'not a schema'}`);
  }
}

const OPTIONS = { strict: true, useDefaults: true, allowUnionTypes: true, ownProperties: true, logger: false } as const;
/** Holds schemas against the schema of schemas, and keeps none of them. */
const checker = new Ajv(OPTIONS);

/** A copy whose objects inherit nothing: a property named `constructor` is there only where somebody gave it. */
function copyOf(given: unknown): JsonObject {
  try {
    const params = plainObject(given, 'params');
    if (byteLength(params) > MAX_BYTES)
      throw new ParamsError(`params is larger than ${MAX_BYTES} bytes (16 KB) of JSON`);
    return JSON.parse(JSON.stringify(params), (_, value) => (isObject(value) ? bare(value) : value));
  } catch (error) {
    if (error instanceof NotJson) throw new ParamsError(error.message);
    throw error;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bare(object: JsonObject): JsonObject {
  return Object.assign(Object.create(null), object);
}
