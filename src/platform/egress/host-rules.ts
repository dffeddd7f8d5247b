/** What a connection is made to: a name and a port, never an address. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export const HTTPS_PORT = 443;
/** Nobody lets strangers' code send mail. */
const MAIL_PORTS: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

/**
 * The hosts that a bot declared: `name`, or `*.suffix` for everything below it, with `:port` where that is not 443. An entry
 * that is nothing of the kind allows nothing.
 */
export class HostRules {
  private readonly rules: readonly Rule[];

  constructor(declared: readonly string[]) {
    this.rules = declared.map(ruleOf).filter((rule) => rule !== undefined);
  }

  allow({ host, port }: Target): boolean {
    return this.rules.some((rule) => rule.port === port && rule.fits(host));
  }
}

/**
 * The one spelling of a host's name: lower case, punycode. Undefined where the text is no name, such as an address in any
 * notation, a name with a trailing dot or without any dot, and everything that hides a name inside a URL.
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: what URL would drop or skip must not get that far
const NOT_IN_NAMES = /[\x00-\x20\x7f-\xa0%/\\@:?#[\]]/;
// The last label begins with a letter, so no notation of an address fits.
const NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
