import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { DomainError } from '../kernel/errors.js';
import { CAPS } from '../platform/limits/caps.js';
import { isReservedForMembers } from './reserved-types.js';
import { claimsVerdict, VERDICT } from './verdict-field.js';

const BODY_BYTES = CAPS.message_bytes.most;
const BODY_DEPTH = CAPS.body_depth.most;

/**
 * What is stored of the body a member sends: an object as it is, text as `{text}`, nothing as `{}`; text that is the JSON
 * of an object with a `type` counts as that object, because some clients can only send text.
 */
export function readBody(body: unknown): JsonObject {
  const object = typeof body === 'string' ? ofText(body) : body;
  if (object === null || typeof object !== 'object' || Array.isArray(object)) {
    throw new DomainError('INVALID_REQUEST', 'body must be text or an object');
  }
  if (depthOf(object) > BODY_DEPTH)
    throw new DomainError('INVALID_REQUEST', `body is nested deeper than ${BODY_DEPTH}`);
  if (hasProto(object)) throw new DomainError('INVALID_REQUEST', 'body has a member named __proto__');
  const bytes = Buffer.byteLength(canonical(object));
  if (bytes > BODY_BYTES) throw new DomainError('BODY_TOO_LARGE', undefined, { limit: BODY_BYTES });
  if (isReservedForMembers((object as JsonObject).type)) {
    throw new DomainError(
      'INVALID_REQUEST',
      'this type of body is written by the server only, or by bots that it checks',
    );
  }
  if (claimsVerdict(object)) {
    throw new DomainError('INVALID_REQUEST', `the field ${VERDICT} is written by the server only`);
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
      'body holds text that is not well-formed Unicode, or a number out of range',
    );
  }
}

function depthOf(value: unknown, depth = 0): number {
  if (value === null || typeof value !== 'object' || depth > BODY_DEPTH) return depth;
  // Not Math.max(...): a long list has more items than a call may have arguments.
  return Object.values(value).reduce((most, inner) => Math.max(most, depthOf(inner, depth + 1)), depth + 1);
}

/** A careless reader would merge it into a prototype. */
function hasProto(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasProto);
}
