import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonObject } from './contract.js';
import { NotJson, plainObject } from './plain-json.js';

/** A value that params do not allow; the message begins with its path. */
export class ParamsError extends Error {}

/** Checks params against a manifest's schema and returns a copy in which every default is filled in. */
export function checkParams(schema: JsonObject, given: unknown = {}): JsonObject {
  const params = copyOf(given);
  const validate = compile(schema);
  if (validate(params)) return params;
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
    // One instance each: schemas come from strangers, and Ajv keeps every one it has seen.
    return new Ajv({ strict: true, useDefaults: true, allowUnionTypes: true, logger: false }).compile(schema);
  } catch (error) {
    throw new ParamsError(`params: ${error instanceof Error ? error.message : 'not a schema'}`);
  }
}

function copyOf(given: unknown): JsonObject {
  try {
    return plainObject(given, 'params');
  } catch (error) {
    if (error instanceof NotJson) throw new ParamsError(error.message);
    throw error;
  }
}
