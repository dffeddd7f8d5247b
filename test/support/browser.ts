/** A page as a browser has it. */
export interface WebPage {
  readonly status: number;
  readonly url: string;
  readonly html: string;
  readonly headers: Headers;
  /** Where the server would send the browser next, outside of itself; the browser stays. */
  readonly leaves?: URL;
}

/** What a form holds, as it stands in the page. */
export interface WebForm {
  readonly fields: Record<string, string>;
  /** What the passkey script would hand to the authenticator. */
  // biome-ignore lint/suspicious/noExplicitAny: options as the browser's API takes them
  readonly options?: any;
}

type Headers_ = Record<string, string>;

/** A browser without scripts: cookies, redirects and forms, with the headers that real ones send. */
export class Browser {
  readonly cookies = new Map<string, string>();

  /** `origin` is the server as this browser spells it. */
  constructor(readonly origin: string) {}

  /** Follows redirects within the server. */
  async open(path: string, headers: Headers_ = {}): Promise<WebPage> {
    return this.follow(new URL(path, this.origin), { headers: { 'sec-fetch-site': 'none', ...headers } });
  }

  /** Sends the form of a page with some fields filled in. */
  async submit(page: WebPage, action: string, fields: Record<string, string> = {}, headers: Headers_ = {}) {
    return this.post(action, { ...formOf(page, action).fields, ...fields }, headers);
  }

  /** Sends any form, as a page of the server would. */
  async post(path: string, fields: Record<string, string>, headers: Headers_ = {}): Promise<WebPage> {
    const sent = { origin: this.origin, 'sec-fetch-site': 'same-origin', ...headers };
    return this.follow(new URL(path, this.origin), {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: sent,
    });
  }

  /** The header that carries its cookies. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private async follow(url: URL, init: RequestInit & { headers: Headers_ }): Promise<WebPage> {
    const accept = 'text/html,application/xhtml+xml';
    const headers = { accept, 'user-agent': 'Test browser', ...init.headers, cookie: this.cookieHeader };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const location = response.headers.get('location');
    const html = await response.text();
    const page = { status: response.status, url: url.href, html, headers: response.headers };
    if (location === null) return page;
    const next = new URL(location, url);
    if (next.origin !== url.origin) return { ...page, leaves: next };
    return this.follow(next, { headers: { 'sec-fetch-site': init.headers['sec-fetch-site'] ?? 'none' } });
  }

  private keep(line: string) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** The form of a page that goes to an address; throws where there is none. */
export function formOf({ html, url, status }: Pick<WebPage, 'html' | 'url' | 'status'>, action: string): WebForm {
  const form = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].find(
    ([, head]) => attribute(head, 'action') === action,
  );
  if (!form) throw new Error(`no form for ${action} at ${url} (${status}):\n${html}`);
  const [, head, body = ''] = form;
  const inputs = [...body.matchAll(/<input\b([^>]*)>/g)].map(([, input]) => input ?? '');
  const sent = inputs.filter((input) => attribute(input, 'type') !== 'checkbox' || / checked/.test(input));
  const fields = sent.map((input) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']);
  const options = attribute(head, 'data-options');
  return { fields: Object.fromEntries(fields), ...(options && { options: JSON.parse(options) }) };
}

function attribute(text: string | undefined, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(text ?? '')?.[1];
  return found?.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] as string);
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
