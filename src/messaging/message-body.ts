import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { DomainError } from '../kernel/errors.js';
import { CAPS } from '../platform/limits/caps.js';
import { isReservedForMembers } from './reserved-types.js';
import { claimsVerdict, VERDICT } from './verdict-field.js';

const BODY_BYTES = CAPS.message_bytes.most;
const BODY_DEPTH = CAPS.body_depth.most;

/**
 * The stored form of a posted body: an object as it is, text as `{text}`, nothing as `{}`. Text that is the JSON of an
 * object with a `type` counts as that object, because some clients can only send text. A label is added to the object.
 */
export function readBody(body: unknown, label?: string): JsonObject {
  const value = typeof body === 'string' ? ofText(body) : body;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new DomainError('INVALID_REQUEST', 'body must be text or an object');
  }
  const object = label === undefined ? value : { ...value, label };
  if (depthOf(object) > BODY_DEPTH)
    throw new DomainError('INVALID_REQUEST', `body is nested deeper than ${BODY_DEPTH}`);
  if (hasProto(object)) throw new DomainError('INVALID_REQUEST', 'body has a field named __proto__');
  const bytes = Buffer.byteLength(canonical(object));
  if (bytes > BODY_BYTES) throw new DomainError('BODY_TOO_LARGE', undefined, { limit: BODY_BYTES });
  if (isReservedForMembers((object as JsonObject).type)) {
    throw new DomainError(
      'INVALID_REQUEST',
      'messages of this type can only be posted by the server, or by bots that it checks',
    );
  }
  if (claimsVerdict(object)) {
    throw new DomainError('INVALID_REQUEST', `only the server may write the field ${VERDICT}`);
  }
  return object as JsonObject;
}

function ofText(text: string): JsonObject {
  if (text === '') return {};
  if (!/^\s*\{/.test(text)) return { text };
  try {
    const parsed = JSON.parse(text);
    return typeof parsed.type === 'string' ? parsed : { text };
  } catch {
    return { text };
  }
}

function canonical(object: object): string {
  try {
    return canonicalJson(object);
  } catch {
    throw new DomainError(
      'INVALID_REQUEST',
      'body contains text that is not well-formed Unicode, or a number out of range',
    );
  }
}

function depthOf(value: unknown, depth = 0): number {
  if (value === null || typeof value !== 'object' || depth > BODY_DEPTH) return depth;
  // Not Math.max(...): a long list would exceed the maximum number of arguments.
  return Object.values(value).reduce((most, inner) => Math.max(most, depthOf(inner, depth + 1)), depth + 1);
}

/** `__proto__` is not allowed: careless code would merge it into a prototype. */
function hasProto(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}
