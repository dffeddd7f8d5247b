import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config, ConfigError } from '../config/config.js';
import { makeFolder } from '../files/folder.js';
import { openFailure } from '../files/open-failure.js';
import { writeFirst } from '../files/whole-file.js';

interface KeyRing {
  /** The id of the key that encrypts. The other keys only decrypt. */
  readonly current: string;
  /** Keys of 32 bytes in base64, by id. */
  readonly keys: Readonly<Record<string, string>>;
}

/** The ciphertext was changed, or its key is no longer in the file. */
export class SealBrokenError extends Error {}

const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: 16 };

/**
 * Encrypts values for the database that must be read again but must not be readable in a copy of it. The keys are in a
 * file beside the database that only its user can read. A value encrypted for one place cannot be decrypted for
 * another.
 */
export class Sealing {
  private readonly file: string;

  constructor(private readonly dataDir: string) {
    this.file = join(dataDir, 'sealing-keys.json');
  }

  /**
   * Opens the key file. Throws if the file exists but has no valid keys: replacing it would lose all encrypted values.
   */
  static of(config: Config): Sealing {
    const sealing = new Sealing(config.dataDir);
    sealing.ring();
    return sealing;
  }

  /**
   * Encrypts to text for a column: format, key id, nonce and ciphertext, separated by dots. `place` names where it is
   * stored.
   */
  seal(text: string, place: string): string {
    const { current, keys } = this.ring() ?? this.firstRing();
    const nonce = randomBytes(12);
    const cipher = createCipheriv(CIPHER, keyOf(keys[current]), nonce, TAG).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return ['v1', current, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Decrypts. Throws SealBrokenError if the key is missing, the text was changed, or `place` differs. */
  open(sealed: string, place: string): string {
    const [format, id = '', nonce = '', rest = ''] = sealed.split('.');
    const key = this.ring()?.keys[id];
    if (format !== 'v1' || key === undefined)
      throw new SealBrokenError('the key it was sealed with is not in the key file');
    const bytes = Buffer.from(rest, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, keyOf(key), Buffer.from(nonce, 'base64url'), TAG)
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG.authTagLength));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG.authTagLength)), decipher.final()]).toString('utf8');
    } catch {
      throw new SealBrokenError('it was changed, or sealed for another place');
    }
  }

  /** Read from the file each time, so that an operator can restore a lost file without a restart. */
  private ring(): KeyRing | undefined {
    if (!existsSync(this.file)) return undefined;
    const ring = readRing(this.file);
    if (ring) return ring;
    throw new ConfigError(
      `${this.file} contains no sealing keys: restore it from a backup. Without these keys all secrets of bots must be given again.`,
    );
  }

  private firstRing(): KeyRing {
    const current = `k${randomBytes(4).toString('hex')}`;
    const ring = { current, keys: { [current]: randomBytes(32).toString('base64') } };
    try {
      makeFolder(this.dataDir);
      writeFirst(this.file, JSON.stringify(ring));
    } catch (error) {
      throw openFailure(this.file, error);
    }
    return this.ring() ?? ring;
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
