import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
    if (!existsSync(file)) create(dataDir, file, origin);
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
    return new ServerKey(stored.origin, createPrivateKey(stored.private_key));
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
  mkdirSync(dataDir, { recursive: true });
  // Renamed into place, so that a start that is cut short leaves no half of a key.
  writeFileSync(`${file}.new`, JSON.stringify({ origin, private_key: pem } satisfies Stored), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
