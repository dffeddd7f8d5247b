import { type Answer, modernHeaders, modernRequest, post, request } from '../../mcp/json-rpc.js';
import { basic, pkce, postForm, postJson, type Registered } from '../../support/oauth.js';
import type { Profile } from './profiles.js';

interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly registration_endpoint: string;
  readonly revocation_endpoint: string;
  readonly scopes_supported: string[];
  readonly token_endpoint_auth_methods_supported: string[];
  readonly client_id_metadata_document_supported?: boolean;
  readonly authorization_response_iss_parameter_supported?: boolean;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

/** Somebody who lets the app in, and the verifier that the app keeps meanwhile. */
interface Approved {
  readonly code: string;
  readonly verifier: string;
}

/**
 * A client that was written by others and knows nothing but the address it was given. It finds everything else out, and
 * when it is refused it does what its like do: refresh, authorize again, register again. `steps` says what it had to do.
 */
export class Assistant {
  readonly steps: string[] = [];
  client?: Registered;
  tokens?: Tokens;
  private metadata?: Metadata;
  private resource = '';
  private scopes: string[] = [];
  private session?: string;
  private stream?: AbortController;

  constructor(
    readonly profile: Profile,
    /** What its user typed. */
    private readonly endpoint: string,
  ) {}

  /** From the first refusal until it can call. */
  async connect() {
    await this.discover();
    await this.introduce();
    await this.redeem(await this.approval());
  }

  /** One tool call, with all that the client does around it. */
  async call(): Promise<Answer> {
    const answer = await this.attempt();
    if (answer.status !== 401) return answer;
    this.hear(answer);
    await this.recover();
    return this.attempt();
  }

  async discover() {
    const opened = await this.send(undefined);
    // A client of 2024-11-05 may introduce itself; it is refused at what it says next.
    const next = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const isIntroduced = opened.status === 200 && this.profile.opens === '2024-11-05';
    const refused = isIntroduced ? await post(this.endpoint, next, this.headers(undefined)) : opened;
    if (refused.status !== 401) throw new Error(`not refused: ${refused.status}`);
    const challenge = this.hear(refused);
    const described = await json<{ resource: string; authorization_servers: string[] }>(
      challenge.resource_metadata ?? '',
    );
    if (described.resource !== this.endpoint) throw new Error(`metadata of ${described.resource}`);
    this.resource = described.resource;
    const [issuer = ''] = described.authorization_servers;
    for (const path of this.profile.looksAt) {
      const found = await fetch(issuer + path, { headers: { 'user-agent': this.profile.userAgent } });
      if (!found.ok) continue;
      this.metadata = (await found.json()) as Metadata;
      if (this.metadata.issuer !== issuer) throw new Error(`metadata of ${this.metadata.issuer}`);
      return;
    }
    throw new Error('no metadata');
  }

  /** Gets itself a name: its own address where the server takes that, else one that it registers. */
  async introduce() {
    const { document, registers } = this.profile;
    const { client_id_metadata_document_supported, token_endpoint_auth_methods_supported, registration_endpoint } =
      this.known;
    if (document) {
      if (!client_id_metadata_document_supported || !token_endpoint_auth_methods_supported.includes('none')) {
        throw new Error('the server takes no documents');
      }
      this.client = { client_id: document };
      return;
    }
    this.steps.push('registers');
    const response = await postJson(registration_endpoint, { ...registers, scope: this.scopes.join(' ') });
    if (response.status !== 201) throw new Error(`not registered: ${await response.text()}`);
    this.client = (await response.json()) as Registered;
  }

  /** The browser: it goes where it is sent and lets the app in. */
  async approval(): Promise<Approved> {
    this.steps.push('authorizes');
    const { verifier, challenge } = pkce();
    const state = pkce().verifier;
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: this.name,
      redirect_uri: this.profile.redirect,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state,
      resource: this.resource,
      ...(this.profile.namesNoScope ? {} : { scope: this.wanted.join(' ') }),
    });
    const page = await fetch(`${this.known.authorization_endpoint}?${asked}`, {
      headers: { accept: 'text/html,application/xhtml+xml' },
      redirect: 'manual',
    });
    const back = page.status === 200 ? await this.click(await page.text()) : page;
    const location = back.headers.get('location') ?? '';
    if (!location.startsWith(`${this.profile.redirect}?`)) throw new Error(`sent to ${location}: ${await back.text()}`);
    const answer = new URL(location).searchParams;
    if (answer.get('state') !== state) throw new Error('another state');
    if (this.profile.checksIssuer && answer.get('iss') !== this.known.issuer) throw new Error('another issuer');
    return { code: answer.get('code') ?? '', verifier };
  }

  async redeem({ code, verifier }: Approved) {
    const grant = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.profile.redirect,
    };
    const response = await this.ask(grant);
    if (response.status !== 200) throw new Error(`no token: ${await response.text()}`);
    this.tokens = (await response.json()) as Tokens;
  }

  /** The answer of the token endpoint, whatever it is. Good tokens are kept. */
  async refresh(): Promise<Response> {
    const response = await this.ask({ grant_type: 'refresh_token', refresh_token: this.held.refresh_token });
    if (response.ok) this.tokens = (await response.clone().json()) as Tokens;
    return response;
  }

  /** Connects once more, as when its user presses the button again. */
  async reconnect() {
    if (this.profile.signsOut) {
      this.steps.push('signs out');
      const form = { token: this.held.refresh_token, token_type_hint: 'refresh_token', client_id: this.name };
      const { status } = await postForm(this.known.revocation_endpoint, form);
      if (status !== 200) throw new Error(`not signed out: ${status}`);
    }
    this.leave();
    if (this.profile.registersEachTime) await this.introduce();
    await this.redeem(await this.approval());
  }

  /** Closes what it holds open. */
  leave() {
    this.stream?.abort();
    this.session = undefined;
  }

  private async recover() {
    const response = await this.refresh();
    if (response.ok) return void this.steps.push('refreshes');
    const { error } = (await response.json()) as { error: string };
    this.steps.push(`${response.status} ${error}`);
    if (response.status === 401 && error === 'invalid_client') await this.introduce();
    else if (response.status !== 400 || error !== 'invalid_grant')
      throw new Error(`no way back from ${response.status} ${error}`);
    await this.redeem(await this.approval());
  }

  private async attempt(): Promise<Answer> {
    if (this.profile.opens !== 'discover' && !this.session) {
      const opened = await this.send(this.tokens);
      if (opened.status !== 200) return opened;
      if (!this.profile.forgetsSessions) await this.stay(opened);
    }
    return this.send(this.tokens, 'list_channels');
  }

  /** Keeps to the session that was opened, where there is one. */
  private async stay(opened: Answer) {
    this.session = opened.headers.get('mcp-session-id') ?? undefined;
    await post(this.endpoint, { jsonrpc: '2.0', method: 'notifications/initialized' }, this.headers(this.tokens));
    if (!this.profile.listens) return;
    this.stream = new AbortController();
    const headers = { ...this.headers(this.tokens), accept: 'text/event-stream' };
    const { status } = await fetch(this.endpoint, { headers, signal: this.stream.signal });
    if (status !== 200) throw new Error(`no stream: ${status}`);
  }

  /** Opens, or calls a tool. */
  private send(tokens: Tokens | undefined, tool?: string): Promise<Answer> {
    if (this.profile.opens === 'discover') {
      const method = tool ? 'tools/call' : 'server/discover';
      const message = modernRequest(method, tool ? { name: tool, arguments: {} } : {});
      return post(this.endpoint, message, { ...this.headers(tokens), ...modernHeaders(method, tool) });
    }
    const introduction = {
      protocolVersion: this.profile.opens,
      capabilities: {},
      clientInfo: { name: this.profile.name, version: '1' },
    };
    const message = tool ? request('tools/call', { name: tool, arguments: {} }) : request('initialize', introduction);
    return post(this.endpoint, message, this.headers(tokens));
  }

  private headers(tokens: Tokens | undefined): Record<string, string> {
    const { accept, userAgent, opens } = this.profile;
    return {
      accept,
      'user-agent': userAgent,
      ...(tokens && { authorization: `Bearer ${tokens.access_token}` }),
      ...(this.session && { 'mcp-session-id': this.session, 'mcp-protocol-version': opens }),
    };
  }

  /** Reads a challenge; the scopes in it are what it will ask for. */
  private hear({ headers }: Answer): Record<string, string> {
    const challenge = headers.get('www-authenticate') ?? '';
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    this.scopes = parameters.scope?.split(' ') ?? this.scopes;
    return parameters;
  }

  private async click(html: string): Promise<Response> {
    this.steps.push('a person clicks');
    const ticket = /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '';
    return postForm(
      this.known.authorization_endpoint,
      { ticket, decision: 'approve' },
      { 'sec-fetch-site': 'same-origin' },
    );
  }

  private ask(grant: Record<string, string>): Promise<Response> {
    const { secretIn } = this.profile;
    const form = { ...grant, resource: this.resource };
    if (secretIn === 'header') return postForm(this.known.token_endpoint, form, basic(this.self));
    const { client_secret = '' } = this.self;
    return postForm(this.known.token_endpoint, {
      ...form,
      client_id: this.name,
      ...(secretIn === 'body' && { client_secret }),
    });
  }

  private get wanted(): string[] {
    const offline = this.profile.wantsOffline && this.known.scopes_supported.includes('offline_access');
    return offline ? [...this.scopes, 'offline_access'] : this.scopes;
  }

  private get known(): Metadata {
    if (!this.metadata) throw new Error('nothing was discovered');
    return this.metadata;
  }

  private get self(): Registered {
    if (!this.client) throw new Error('it has no name');
    return this.client;
  }

  private get name() {
    return this.self.client_id;
  }

  get held(): Tokens {
    if (!this.tokens) throw new Error('it has no tokens');
    return this.tokens;
  }
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} at ${url}`);
  return (await response.json()) as T;
}

export const resultOf = async (answer: Promise<Answer>) => (await answer).message?.result?.structuredContent;
