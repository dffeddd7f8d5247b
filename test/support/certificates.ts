import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, both in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
}

interface Wish {
  /** The common name. */
  readonly name: string;
  /** Hosts that it is for. */
  readonly hosts?: readonly string[];
  /** Nobody: it signs itself. */
  readonly issuer?: Identity;
  readonly isAuthority?: boolean;
  readonly from?: Date;
  readonly to?: Date;
}

const DAY_MS = 86_400_000;

/** Issues an X.509 certificate for a new P-256 key. Node reads certificates but makes none, so this writes their DER. */
export function issue(wish: Wish): Identity {
  const { name, issuer, from = new Date(Date.now() - DAY_MS), to = new Date(Date.now() + DAY_MS) } = wish;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1, ...randomBytes(8)])),
    ECDSA_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(timeOf(from), timeOf(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions(wish)),
  );
  const signature = sign('sha256', content, issuer ? createPrivateKey(issuer.key) : privateKey);
  const cert = sequence(content, ECDSA_SHA256, tagged(0x03, Buffer.from([0]), signature));
  return { cert: pemOf(cert), key: keyPem(privateKey), name };
}

function extensions({ hosts = [], isAuthority = false }: Wish): Buffer {
  const basic = extension([2, 5, 29, 19], sequence(...(isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : [])));
  if (!hosts.length) return sequence(basic);
  const names = sequence(...hosts.map((host) => tagged(0x82, Buffer.from(host))));
  return sequence(basic, extension([2, 5, 29, 17], names));
}

const extension = (id: number[], value: Buffer) => sequence(objectId(id), tagged(0x04, value));

const nameOf = (name: string) =>
  sequence(tagged(0x31, sequence(objectId([2, 5, 4, 3]), tagged(0x0c, Buffer.from(name)))));

/** YYMMDDHHMMSSZ */
const timeOf = (date: Date) => tagged(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/\D/g, '')}Z`));

function objectId([first = 0, second = 0, ...rest]: number[]): Buffer {
  const bytes = rest.flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

const sequence = (...parts: Uint8Array[]) => tagged(0x30, ...parts);

function tagged(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const ECDSA_SHA256 = sequence(objectId([1, 2, 840, 10045, 4, 3, 2]));

const keyPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
