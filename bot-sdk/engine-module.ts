/**
 * Adds two exports to the engine's WebAssembly module, which the build does not have: `table`, the function table,
 * through which the engine gets a callback, and `stackPointer`, which tells whether the engine's stack is empty.
 */
export function withExports(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [module.subarray(0, HEADER_BYTES)];
  for (let at = HEADER_BYTES; at < module.length; ) {
    const size = readLeb(module, at + 1);
    const end = size.next + size.value;
    if (module[at] === EXPORT_SECTION) {
      const count = readLeb(module, size.next);
      const rest = module.subarray(count.next, end);
      const content = concat([leb(count.value + 2), TABLE_EXPORT, STACK_POINTER_EXPORT, rest]);
      parts.push(concat([Uint8Array.of(EXPORT_SECTION), leb(content.length), content]));
    } else parts.push(module.subarray(at, end));
    at = end;
  }
  return concat(parts);
}

/** The magic number and the version, before the first section. */
const HEADER_BYTES = 8;
const EXPORT_SECTION = 7;
/** The length of the name, the name, the kind (table) and its index. */
const TABLE_EXPORT = Uint8Array.of(5, ...new TextEncoder().encode('table'), 1, 0);
/** The same for the first global variable (kind 3). */
const STACK_POINTER_EXPORT = Uint8Array.of(12, ...new TextEncoder().encode('stackPointer'), 3, 0);

/** Reads an LEB128 number and returns the position after it. */
function readLeb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, next = at; ; shift += 7) {
    const byte = bytes[next++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value: value >>> 0, next };
  }
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Uint8Array.from(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
