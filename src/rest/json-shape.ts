import { shapeFaultOf as faultOf } from '../kernel/json-shape.js';
import { CAPS } from '../platform/limits/caps.js';

/** The limits of a message body, plus the nesting of JSON-RPC and of an operation around it. */
const BODY = { depth: CAPS.body_depth.most + 5, values: CAPS.body_values.most, fields: CAPS.body_fields.most };

/** The problem with the shape of a request body, before it is parsed, or undefined. */
export function requestShapeFault(text: Uint8Array): string | undefined {
  const fault = faultOf(text, BODY);
  return fault && `the body ${fault}`;
}
