import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config, ConfigError } from './config.js';
import { makeFolder } from './folder.js';
import { openFailure } from './open-failure.js';

interface KeyRing {
  /** The key that seals now. The others still open what they sealed. */
  readonly current: string;
  /** 32 bytes each, in base64, by id. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Something was sealed with a key that is not in the file any more, or was changed since. */
export class SealBroken extends Error {}

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: 16 };

/**
 * Keeps in the database what must be read again and must not be found in a copy of it. The keys are in a file beside it
 * that only its user can read. What is sealed for one place opens at no other.
 */
export class Sealing {
  private readonly file: string;

  constructor(private readonly dataDir: string) {
    this.file = join(dataDir, 'sealing-keys.json');
  }

  /** A file that is there and holds no keys stops the start: a new one in its place would lose what they sealed. */
  static of(config: Config): Sealing {
    const sealing = new Sealing(config.dataDir);
    sealing.ring();
    return sealing;
  }

  /** Text for a column: format, key, nonce and what was sealed, with dots between. `place` says what it belongs to. */
  seal(text: string, place: string): string {
    const { current, keys } = this.ring() ?? this.firstRing();
    const nonce = randomBytes(12);
    const cipher = createCipheriv(CIPHER, keyOf(keys[current]), nonce, TAG).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return ['v1', current, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Throws SealBroken where the key is gone, or this was not sealed for `place`. */
  open(sealed: string, place: string): string {
    const [format, id = '', nonce = '', rest = ''] = sealed.split('.');
    const key = this.ring()?.keys[id];
    if (format !== 'v1' || key === undefined) throw new SealBroken('the key it was sealed with is not in the key file');
    const bytes = Buffer.from(rest, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, keyOf(key), Buffer.from(nonce, 'base64url'), TAG)
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG.authTagLength));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG.authTagLength)), decipher.final()]).toString('utf8');
    } catch {
      throw new SealBroken('it was changed, or sealed for another place');
    }
  }

  /** Read anew each time: an operator who puts a lost file back need not restart. */
  private ring(): KeyRing | undefined {
    if (!existsSync(this.file)) return undefined;
    const ring = readRing(this.file);
    if (ring) return ring;
    throw new ConfigError(
      `${this.file} holds no sealing keys: restore it from a backup. Without it the secrets of bots must be given again.`,
    );
  }

  private firstRing(): KeyRing {
    const current = `k${randomBytes(4).toString('hex')}`;
    const ring = { current, keys: { [current]: randomBytes(32).toString('base64') } };
    try {
      makeFolder(this.dataDir);
      // Renamed into place, so that a crash leaves no half of a key.
      writeFileSync(`${this.file}.new`, JSON.stringify(ring), { mode: 0o600, flush: true });
      renameSync(`${this.file}.new`, this.file);
    } catch (error) {
      throw openFailure(this.file, error);
    }
    return ring;
  }
}

export const sealingProvider = { provide: Sealing, inject: [Config], useFactory: Sealing.of };

function readRing(file: string): KeyRing | undefined {
  try {
    const { current, keys } = JSON.parse(readFileSync(file, 'utf8')) as KeyRing;
    const isWhole = Object.values(keys).every((key) => keyOf(key).length === 32);
    return isWhole && Object.hasOwn(keys, current) ? { current, keys } : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (base64 = '') => Buffer.from(base64, 'base64');
