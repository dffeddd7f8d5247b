import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;

/** An authenticator in software, with one passkey of its own: what a phone or a laptop does, without the person. */
export class Authenticator {
  readonly id = randomBytes(16);
  counter = 0;
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** The person is not asked; the flag that says so is left out. */
  constructor(private readonly verifiesPerson = true) {}

  /** The answer to navigator.credentials.create, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: options as the browser's API takes them
  create({ challenge, rp }: any, origin: string): string {
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const point = [x, y].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
    const cose = cbor(
      new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point[0]],
        [-3, point[1]],
      ]),
    );
    const attested = Buffer.concat([Buffer.alloc(16), uint16(this.id.length), this.id, cose]);
    const authData = this.authenticatorData(rp.id, attested);
    const object = new Map<string, Cbor>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    const clientDataJSON = clientData('webauthn.create', challenge, origin);
    return this.credential({
      clientDataJSON: base64(clientDataJSON),
      attestationObject: base64(cbor(object)),
      transports: ['internal'],
    });
  }

  /** The answer to navigator.credentials.get, as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: options as the browser's API takes them
  get({ challenge, rpId }: any, origin: string): string {
    this.counter += 1;
    const authData = this.authenticatorData(rpId);
    const clientDataJSON = clientData('webauthn.get', challenge, origin);
    const signer = createSign('sha256').update(authData).update(createHash('sha256').update(clientDataJSON).digest());
    return this.credential({
      clientDataJSON: base64(clientDataJSON),
      authenticatorData: base64(authData),
      signature: base64(signer.sign(this.keys.privateKey)),
    });
  }

  private credential(response: object): string {
    const id = base64(this.id);
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }

  private authenticatorData(rpId: string, attested?: Buffer): Buffer {
    const flags = 0x01 | (this.verifiesPerson ? 0x04 : 0) | (attested ? 0x40 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    const head = [createHash('sha256').update(rpId).digest(), Buffer.of(flags), counter];
    return Buffer.concat(attested ? [...head, attested] : head);
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

const clientData = (type: string, challenge: string, origin: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

function uint16(value: number) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** As much of RFC 8949 as a passkey needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)])]);
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value);
  if (value < 256) return Buffer.of((major << 5) | 24, value);
  return Buffer.concat([Buffer.of((major << 5) | 25), uint16(value)]);
}
