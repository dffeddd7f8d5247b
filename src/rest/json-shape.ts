import { CAPS } from '../platform/limits/caps.js';

/** Around a message stand at most the lists and objects of JSON-RPC and of an operation. */
const MAX_DEPTH = CAPS.body_depth.most + 5;

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\,:[]{}');

/**
 * What is wrong with the shape of JSON text in UTF-8, found in one pass over its bytes; undefined where nothing is. It is
 * asked before the text is parsed, because what makes parsing slow is not how long a text is but how many values and
 * names are in it. Whether the text is JSON at all is for the parser to say.
 */
export function shapeFaultOf(text: Uint8Array): string | undefined {
  let depth = 0;
  let fields = 0;
  let values = 1;
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (isText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === COMMA) values++;
    else if (byte === COLON) fields++;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      values++;
      depth++;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
    if (depth > MAX_DEPTH) return `the body is nested more than ${MAX_DEPTH} levels deep`;
    if (values > CAPS.body_values.most) return `the body holds more than ${CAPS.body_values.most} values`;
    if (fields > CAPS.body_fields.most) return `the body holds more than ${CAPS.body_fields.most} fields`;
  }
  return undefined;
}
