import { X509Certificate } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';

/** How the server connects to the hosts that bots request. */
export interface EgressSettings {
  /** Name servers as `ip:port`; empty: those of the system. */
  readonly nameServers: readonly string[];
  /** Fixed addresses that the operator has set for some hosts. */
  readonly vouched: ReadonlyMap<string, VouchedAddress>;
  /** Certificates (PEM) to trust in addition to Node's own. */
  readonly extraTrust: readonly string[];
}

export interface VouchedAddress {
  readonly address: string;
  readonly port: number;
}

/** Reads `ip:port,ip:port`. Throws a string (one sentence) if the text is invalid. */
export function readNameServers(text: string): string[] {
  return listOf(text).map((item) => {
    const { address, port } = placeOf(item) ?? fail('must be a list of ip:port, such as 127.0.0.1:53');
    return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
  });
}

/** Reads `name=ip:port,name=ip:port`. Throws a string (one sentence) if the text is invalid. */
export function readVouchedHosts(text: string): Map<string, VouchedAddress> {
  const pairs = listOf(text).map((item): [string, VouchedAddress] => {
    const [name = '', place = '', ...rest] = item.split('=');
    const address = NAME.test(name) && !rest.length ? placeOf(place) : undefined;
    return [name, address ?? fail('must be a list of name=ip:port, such as api.example.org=10.0.0.7:8443')];
  });
  return new Map(pairs);
}

/** The certificates of a PEM text. Throws a string (one sentence) if there are none or one is invalid. */
export function readCertificates(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (!blocks.length) throw new Error('there is no certificate');
  return blocks.map((block) => new X509Certificate(block).toString());
}

const NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/;

const listOf = (text: string) => text.split(',').flatMap((item) => item.trim() || []);

function placeOf(text: string): VouchedAddress | undefined {
  const { six, four, digits } = /^(\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<digits>\d{1,5})$/.exec(text)?.groups ?? {};
  const port = Number(digits);
  const isPlace = isIP(six ?? four ?? '') === (six ? 6 : 4) && port >= 1 && port <= 65_535 && !six?.includes('%');
  if (!isPlace) return undefined;
  // An IPv6 address has many spellings; a connection reports the same one as URL.
  return { address: six ? new URL(`http://[${six}]`).hostname.slice(1, -1) : String(four), port };
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
