import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config.js';
import { makeFolder } from '../files/folder.js';
import { openFailure } from '../files/open-failure.js';
import { writeFirst } from '../files/whole-file.js';

interface Stored {
  /**
   * Set at the first start and never changed: it identifies the server's logs, even if the server moves to another
   * address.
   */
  readonly origin: string;
  /** PKCS #8 in PEM. */
  readonly private_key: string;
}

/** The signature type byte that the C2SP signed note specification reserves for Ed25519. */
const ED25519 = 1;

/**
 * The key pair that identifies this server to those who verify its logs. It is in a file beside the database that only
 * its user can read.
 */
export class ServerKey {
  private constructor(
    readonly origin: string,
    private readonly privateKey: KeyObject,
  ) {}

  /** Reads the key from a data folder, or creates it at the first start. */
  static of(dataDir: string, origin: string): ServerKey {
    const file = join(dataDir, 'server-key.json');
    try {
      if (!existsSync(file)) create(dataDir, file, origin);
      return ServerKey.read(readFileSync(file, 'utf8'), file);
    } catch (error) {
      throw openFailure(file, error);
    }
  }

  private static read(text: string, file: string): ServerKey {
    try {
      const { origin, private_key } = JSON.parse(text) as Stored;
      const key = createPrivateKey(private_key);
      if (typeof origin === 'string' && key.asymmetricKeyType === 'ed25519') return new ServerKey(origin, key);
    } catch {
      // The error is reported below, without the content of the file.
    }
    throw new ConfigError(
      `${file} contains no server key: restore it from a backup. A new key would make this a different server.`,
    );
  }

  /**
   * Derives a secret of 32 bytes for one purpose, the same after every start. It reveals nothing about other derived
   * secrets.
   */
  derived(purpose: string): Buffer {
    const seed = this.privateKey.export({ format: 'der', type: 'pkcs8' });
    return Buffer.from(hkdfSync('sha256', seed, '', `parley ${purpose}`, 32));
  }

  /** The verifier key in the format of C2SP signed notes: `<origin>+<hash>+<type and public key>`. */
  get verifierKey(): string {
    const raw = createPublicKey(this.privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
    const typed = Buffer.concat([Buffer.of(ED25519), raw]);
    const hash = createHash('sha256').update(`${this.origin}\n`).update(typed).digest('hex').slice(0, 8);
    return `${this.origin}+${hash}+${typed.toString('base64')}`;
  }
}

function create(dataDir: string, file: string, origin: string) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  makeFolder(dataDir);
  writeFirst(file, JSON.stringify({ origin, private_key: pem } satisfies Stored));
}
