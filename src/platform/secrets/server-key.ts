import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/config.js';
import { makeFolder } from '../files/folder.js';
import { openFailure } from '../files/open-failure.js';
import { writeFirst, writeWhole } from '../files/whole-file.js';

interface Stored {
  /**
   * Set at the first start and never changed: it identifies the server's logs, even if the server moves to another
   * address.
   */
  readonly origin: string;
  /** PKCS #8 in PEM. */
  readonly private_key: string;
  /** Earlier keys, oldest first, in the same form. */
  readonly retired?: readonly string[];
}

const FILE = 'server-key.json';

/** The signature type byte that the C2SP signed note specification reserves for Ed25519. */
const ED25519 = 1;

/** A key of the server, as the name of its logs has it. */
export interface SigningKey {
  /** The verifier key in the format of C2SP signed notes: `<origin>+<hash>+<type and public key>`. */
  readonly vkey: string;
  /** Ed25519, 64 bytes. */
  sign(text: string): Buffer;
}

/**
 * The key pairs that identify this server to those who verify its logs. They are in a file beside the database that only
 * its user can read.
 */
export class ServerKey {
  /** The keys that the server has used, oldest first. The last one signs. */
  readonly keys: readonly SigningKey[];

  private constructor(
    readonly origin: string,
    private readonly privateKeys: readonly KeyObject[],
  ) {
    this.keys = privateKeys.map((key) => signingKey(origin, key));
  }

  /** Reads the keys from a data folder, or creates the first one at the first start. */
  static of(dataDir: string, origin: string): ServerKey {
    const file = join(dataDir, FILE);
    try {
      if (!existsSync(file)) create(dataDir, file, origin);
      return ServerKey.read(readFileSync(file, 'utf8'), file);
    } catch (error) {
      throw openFailure(file, error);
    }
  }

  private static read(text: string, file: string): ServerKey {
    try {
      const { origin, private_key, retired = [] } = JSON.parse(text) as Stored;
      const keys = [...retired, private_key].map(createPrivateKey);
      const areKeys = keys.every((key) => key.asymmetricKeyType === 'ed25519');
      if (typeof origin === 'string' && areKeys) return new ServerKey(origin, keys);
    } catch {
      // The error is reported below, without the content of the file.
    }
    throw new ConfigError(
      `${file} contains no server key: restore it from a backup. A new key would make this a different server.`,
    );
  }

  /** Replaces the key that signs; the file keeps the earlier ones. The server publishes the change in its log. */
  static rotate(dataDir: string): ServerKey {
    const file = join(dataDir, FILE);
    if (!existsSync(file))
      throw new ConfigError(`${file} does not exist: the server creates its key at its first start.`);
    try {
      const { origin, privateKeys } = ServerKey.read(readFileSync(file, 'utf8'), file);
      const retired = privateKeys.map(pemOf);
      writeWhole(file, JSON.stringify({ origin, private_key: newKey(), retired } satisfies Stored));
      return ServerKey.read(readFileSync(file, 'utf8'), file);
    } catch (error) {
      throw openFailure(file, error);
    }
  }

  /**
   * Derives a secret of 32 bytes for one purpose, the same after every start and every change of the key. It reveals
   * nothing about other derived secrets.
   */
  derived(purpose: string): Buffer {
    const [first] = this.privateKeys as [KeyObject];
    const seed = first.export({ format: 'der', type: 'pkcs8' });
    return Buffer.from(hkdfSync('sha256', seed, '', `parley ${purpose}`, 32));
  }

  /** The verifier key of the key that signs. */
  get verifierKey(): string {
    return (this.keys.at(-1) as SigningKey).vkey;
  }
}

function signingKey(origin: string, key: KeyObject): SigningKey {
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const typed = Buffer.concat([Buffer.of(ED25519), raw]);
  const hash = createHash('sha256').update(`${origin}\n`).update(typed).digest('hex').slice(0, 8);
  return {
    vkey: `${origin}+${hash}+${typed.toString('base64')}`,
    sign: (text) => sign(null, Buffer.from(text), key),
  };
}

function create(dataDir: string, file: string, origin: string) {
  makeFolder(dataDir);
  writeFirst(file, JSON.stringify({ origin, private_key: newKey() } satisfies Stored));
}

const newKey = () => pemOf(generateKeyPairSync('ed25519').privateKey);
const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
