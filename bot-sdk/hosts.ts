/** A host in a manifest: a name with a dot, `*.` before it for all subdomains, and a port after it unless it is 443. */
export const HOST = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?$/;

/** The hosts of the https URLs in a text, in the format of a manifest. */
export function hostsIn(text: string): string[] {
  const found = Array.from(text.matchAll(/https:\/\/([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)/gi), ([, host]) =>
    (host ?? '')
      .toLowerCase()
      .replace(/\.(?=:|$)/, '')
      .replace(/:443$/, ''),
  );
  return found.filter((host) => HOST.test(host));
}

/**
 * The hosts for the possible values of a name, which may contain a port, and of a port. An unknown port counts as 443.
 */
export function hostsAt(names: Texts, ports: Texts = ['443']): string[] {
  return names.flatMap((name) => {
    // A host with a path, or a partial name, counts only inside a URL.
    const [, host, own] = /^([a-z0-9.-]+)(?::(\d{1,5}))?$/i.exec(name) ?? [];
    if (!host) return [];
    return (own ? [own] : ports).flatMap((port) =>
      hostsIn(`https://${host}${/^\d{1,5}$/.test(port) ? `:${port}` : ''}`),
    );
  });
}

/** The possible values of an expression, as far as the source shows them. `UNKNOWN_PART` replaces an unknown part of a text. */
export type Texts = readonly string[];
export const UNKNOWN_PART = '\0';
export const UNKNOWN: Texts = [UNKNOWN_PART];
/** With more possible values the expression counts as unknown. */
const MAX_TEXTS = 16;
const MAX_LENGTH = 4_096;

/** All concatenations of the possible values of the parts. */
export function concatenations(parts: readonly Texts[]): Texts {
  let texts: Texts = [''];
  for (const part of parts) {
    texts = texts.flatMap((head) => part.map((tail) => (head + tail).slice(0, MAX_LENGTH)));
    if (texts.length > MAX_TEXTS) return UNKNOWN;
  }
  return texts;
}

export function eitherOf(parts: readonly Texts[]): Texts {
  const texts = [...new Set(parts.flat())];
  return texts.length > 0 && texts.length <= MAX_TEXTS ? texts : UNKNOWN;
}

/** The maximum nesting of expressions. */
const MAX_DEPTH = 40;
/** With more assigned values a name counts as unknown. */
const MAX_VALUES = 12;

/**
 * The possible values of names: all values that the source assigns to a variable, member, key or argument of that name.
 * This is an overestimate, so a derived manifest may allow more hosts than the bot uses; everyone can see it.
 */
export class PossibleValues<Node extends object> {
  private readonly values = new Map<string, Node[]>();
  private readonly known = new WeakMap<Node, Texts>();
  private depth = 0;

  /** `read` returns the possible values of an expression, and may call `of` and `named` for its parts. */
  constructor(private readonly read: (node: Node, meanings: PossibleValues<Node>) => Texts) {}

  assign(name: string, value: Node) {
    const values = this.values.get(name) ?? [];
    this.values.set(name, values);
    if (values.length <= MAX_VALUES) values.push(value);
  }

  /** The expressions assigned to a name. */
  given(name: string): readonly Node[] {
    const values = this.values.get(name) ?? [];
    return values.length > MAX_VALUES ? [] : values;
  }

  of(node: Node): Texts {
    const known = this.known.get(node);
    if (known) return known;
    if (this.depth >= MAX_DEPTH) return UNKNOWN;
    // A circular definition counts as unknown.
    this.known.set(node, UNKNOWN);
    this.depth += 1;
    const texts = this.read(node, this);
    this.depth -= 1;
    this.known.set(node, texts);
    return texts;
  }

  named(name: string): Texts {
    return eitherOf(this.given(name).map((value) => this.of(value)));
  }
}
