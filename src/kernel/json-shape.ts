/** Limits for JSON text: depth of nesting, number of values, and number of object fields. */
export interface ShapeCaps {
  readonly depth: number;
  readonly values: number;
  readonly fields: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\,:[]{}');

/**
 * Checks the shape of JSON text (UTF-8) in one pass over its bytes and returns the problem, or undefined. It runs
 * before the text is parsed, because the time to parse depends on the number of values and names, not on the length. It
 * does not check whether the text is valid JSON; the parser does.
 */
export function shapeFaultOf(text: Uint8Array, caps: ShapeCaps): string | undefined {
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
    if (depth > caps.depth) return `is nested more than ${caps.depth} levels deep`;
    if (values > caps.values) return `holds more than ${caps.values} values`;
    if (fields > caps.fields) return `holds more than ${caps.fields} fields`;
  }
  return undefined;
}
