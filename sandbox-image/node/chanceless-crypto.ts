import crypto from 'node:crypto';
import type { Chance } from '../../bot-sdk/chance.js';

/** The deterministic functions of Node's crypto. Those that generate keys are excluded. */
const PLAIN = [
  'constants',
  'createCipheriv',
  'createDecipheriv',
  'createHash',
  'createHmac',
  'createPrivateKey',
  'createPublicKey',
  'createSecretKey',
  'createVerify',
  'getCiphers',
  'getHashes',
  'hash',
  'hkdf',
  'hkdfSync',
  'pbkdf2',
  'pbkdf2Sync',
  'scrypt',
  'scryptSync',
  'timingSafeEqual',
  'verify',
  'X509Certificate',
] as const;

/** `node:crypto` for a bot: all random bytes come from the run's random stream, so that a replay gets the same. */
export function chanceless(chance: Chance): Record<string, unknown> {
  const source = crypto as unknown as Record<string, unknown>;
  const plain = Object.fromEntries(PLAIN.filter((name) => source[name]).map((name) => [name, source[name]]));
  const bytes = (size: number) => Buffer.from(chance.bytes(size));
  const later =
    <Args extends unknown[], T>(now: (...args: Args) => T) =>
    (...args: [...Args, ((error: null, value: T) => void)?]) => {
      const callback = args.at(-1) as ((error: null, value: T) => void) | undefined;
      if (typeof callback !== 'function') return now(...(args as unknown as Args));
      const value = now(...(args.slice(0, -1) as Args));
      return void queueMicrotask(() => callback(null, value));
    };
  const randomInt = (least: number, end?: number) =>
    end === undefined ? chance.below(least) : least + chance.below(end - least);
  const randomFillSync = (array: ArrayBufferView, offset = 0, size = array.byteLength - offset) => {
    new Uint8Array(array.buffer, array.byteOffset + offset, size).set(chance.bytes(size));
    return array;
  };
  const getRandomValues = (array: ArrayBufferView) => randomFillSync(array);
  const exported = {
    ...plain,
    randomBytes: later(bytes),
    randomInt: later(randomInt),
    randomFillSync,
    randomFill: later(randomFillSync),
    randomUUID: () => uuid(chance.bytes(16)),
    getRandomValues,
  };
  return { ...exported, default: exported };
}

function uuid(bytes: Uint8Array): string {
  const marked = Uint8Array.from(bytes, (byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte));
  const hex = Buffer.from(marked).toString('hex');
  return [0, 8, 12, 16, 20].map((from, i, all) => hex.slice(from, all[i + 1])).join('-');
}
