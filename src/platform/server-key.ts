import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.js';
import { makeFolder } from './folder.js';
import { openFailure } from './open-failure.js';

interface Stored {
  /** Fixed at the first start: logs are known by it, whatever address the server moves to. */
  readonly origin: string;
  /** PKCS #8 in PEM. */
  readonly private_key: string;
}

/** Bytes of a signature type that the C2SP signed note reserves for Ed25519. */
const ED25519 = 1;

/** Who this server is towards those who check its logs. Lives beside the database, in a file that only its user can read. */
export class ServerKey {
  private constructor(
    readonly origin: string,
    private readonly privateKey: KeyObject,
  ) {}

  /** Reads the key of a data folder, or makes one at the first start. */
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
      // Said below, without a word of what is in the file.
    }
    throw new ConfigError(`${file} holds no server key: restore it from a backup. Without it this is another server.`);
  }

  /** A secret of 32 bytes for one purpose, the same after every start. Nobody learns another from it. */
  derived(purpose: string): Buffer {
    const seed = this.privateKey.export({ format: 'der', type: 'pkcs8' });
    return Buffer.from(hkdfSync('sha256', seed, '', `parley ${purpose}`, 32));
  }

  /** The verifier key in the form of C2SP signed notes: `<origin>+<hash>+<type and public key>`. */
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
  // Renamed into place, so that a start that is cut short leaves no half of a key.
  writeFileSync(`${file}.new`, JSON.stringify({ origin, private_key: pem } satisfies Stored), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
