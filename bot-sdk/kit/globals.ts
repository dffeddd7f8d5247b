/**
 * Second part of the kit: globals that would let a run differ from its replay. Time is the event's and UTC, chance is the
 * run's, and what shows garbage collection or threads is gone. Code that is made of text at run time cannot be read
 * beforehand, so there is no \`eval\`.
 */
export const GLOBALS = /* js */ `
const input = ask('input', 'null');
const define = (object, name, value) => defineProperty(object, name, { value, writable: true, configurable: true });

for (const name of ['WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'Intl', 'Temporal']) {
  delete globalThis[name];
}
// V8 hands a stack to whoever \`Error\` says, together with objects of the host's.
defineProperty(RealError, 'prepareStackTrace', { value: undefined });
defineProperty(globalThis, 'Error', { value: RealError, writable: false, configurable: false });

function refuseCode() { throw new EvalError('code cannot be made of text here'); }
for (const kind of [function () {}, function* () {}, async function () {}, async function* () {}]) {
  define(getPrototypeOf(kind), 'constructor', refuseCode);
}
refuseCode.prototype = Function.prototype;
define(globalThis, 'Function', refuseCode);
define(globalThis, 'eval', refuseCode);

define(Math, 'random', () => ask('unit', 'null'));
const RealBytes = Uint8Array, parseHex = parseInt, numberText = Number.prototype.toString;
const setBytes = getPrototypeOf(Uint8Array.prototype).set;
const { substring: realSubstring } = RealString.prototype;
const substring = (text, from, to) => apply(realSubstring, text, [from, to]);
const hexByte = (byte) => (byte < 16 ? '0' : '') + apply(numberText, byte, [16]);

function randomHex(count) { return ask('bytes', encode(count, 'count', { limit: 64, code: 'BAD_EFFECT' })); }
function bytesOf(hex) {
  const bytes = new RealBytes(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseHex(substring(hex, 2 * i, 2 * i + 2), 16);
  return bytes;
}
define(globalThis, 'crypto', {
  getRandomValues(array) {
    apply(setBytes, new RealBytes(array.buffer, array.byteOffset, array.byteLength), [bytesOf(randomHex(array.byteLength))]);
    return array;
  },
  randomUUID() {
    const bytes = bytesOf(randomHex(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    let text = '';
    for (let i = 0; i < 16; i++) text += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + hexByte(bytes[i]);
    return text;
  },
});

const show = (value) => {
  if (typeof value === 'string') return value;
  try { return encode(value, 'value', { limit: 65536, code: 'BAD_EFFECT' }); } catch { /* not JSON: say what it is */ }
  try { return RealString(value); } catch { return typeof value; }
};
const print = (...values) => {
  let line = '';
  for (let i = 0; i < values.length; i++) line += (i ? ' ' : '') + show(values[i]);
  ask('log', quote(line));
};
define(globalThis, 'console', { log: print, info: print, warn: print, error: print, debug: print });
`;
