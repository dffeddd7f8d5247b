/** The target of a connection: a host name and a port, never an IP address. */
export interface HostTarget {
  readonly host: string;
  readonly port: number;
}

export const HTTPS_PORT = 443;
/** The ports of mail servers: bots must not send mail. */
const MAIL_PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

/**
 * The hosts that a bot declared: `name`, or `*.suffix` for all subdomains, with `:port` unless it is 443. An invalid
 * entry allows nothing.
 */
export class HostRules {
  private readonly rules: readonly Rule[];

  constructor(declared: readonly string[]) {
    this.rules = declared.map(ruleOf).filter((rule) => rule !== undefined);
  }

  allow({ host, port }: HostTarget): boolean {
    return this.rules.some((rule) => rule.port === port && rule.fits(host));
  }
}

/**
 * The canonical form of a host name: lower case, punycode. Undefined for IP addresses in any notation, names with a
 * trailing dot or without a dot, and text that is more than a host name.
 */
export function hostName(text: string): string | undefined {
  if (NOT_IN_NAMES.test(text) || !URL.canParse(`https://${text}/`)) return undefined;
  const { hostname } = new URL(`https://${text}/`);
  return NAME.test(hostname) ? hostname : undefined;
}

interface Rule {
  readonly port: number;
  fits(host: string): boolean;
}

function ruleOf(entry: string): Rule | undefined {
  const { wildcard, name, digits } =
    /^(?<wildcard>\*\.)?(?<name>[^:]+)(:(?<digits>\d{1,5}))?$/.exec(entry)?.groups ?? {};
  const host = hostName(name ?? '');
  const port = Number(digits ?? HTTPS_PORT);
  if (!host || port < 1 || port > 65_535 || MAIL_PORTS.has(port)) return undefined;
  return { port, fits: wildcard ? (other) => other.endsWith(`.${host}`) : (other) => other === host };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: rejects the characters that URL would drop
const NOT_IN_NAMES = /[\x00-\x20\x7f-\xa0%/\\@:?#[\]]/;
// The last label begins with a letter, so an IP address in any notation does not match.
const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
