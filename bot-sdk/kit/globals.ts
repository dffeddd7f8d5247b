/**
 * Second part of the kit: replaces globals that would make a run differ from its replay. Time is the event's time in
 * UTC, randomness comes from the run's stream, and functions that reveal garbage collection or threads are removed.
 * There is no \`eval\`, because code created at run time cannot be reviewed before.
 */
export const GLOBALS = /* js */ `
/** What the hook is called with, and its time in milliseconds; set when it begins (context.ts). */
let input, eventTime;
const define = (object, name, value) => defineProperty(object, name, { value, writable: true, configurable: true });

for (const name of ['WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'WebAssembly', 'Intl', 'Temporal']) {
  delete globalThis[name];
}
// V8 passes stack traces, with objects of the host, to \`Error.prepareStackTrace\`.
defineProperty(RealError, 'prepareStackTrace', { value: undefined });
defineProperty(globalThis, 'Error', { value: RealError, writable: false, configurable: false });

/** Replaces a constructor that makes code from text. It keeps the name, and \`instanceof\` still works. */
function refusing(name, prototype) {
  function refuse() { throw new EvalError('code cannot be made of text here'); }
  defineProperty(refuse, 'name', { value: name, configurable: true });
  if (prototype) { refuse.prototype = prototype; define(prototype, 'constructor', refuse); }
  return refuse;
}
define(globalThis, 'Function', refusing('Function', Function.prototype));
refusing('GeneratorFunction', getPrototypeOf(function* () {}));
refusing('AsyncFunction', getPrototypeOf(async function () {}));
refusing('AsyncGeneratorFunction', getPrototypeOf(async function* () {}));
define(globalThis, 'eval', refusing('eval'));

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
`;
