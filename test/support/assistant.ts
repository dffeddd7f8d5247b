import type { OAuthClientProvider } from '@modelcontextprotocol/client';

type Information = NonNullable<Awaited<ReturnType<OAuthClientProvider['clientInformation']>>>;
export type Tokens = NonNullable<Awaited<ReturnType<OAuthClientProvider['tokens']>>>;
type Discovery = Awaited<ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>>;

/** A program with the official client in it; its browser is fetch. */
export class Assistant implements OAuthClientProvider {
  readonly redirectUrl = 'http://localhost:8765/callback';
  /** Where the browser ended. */
  back = new URLSearchParams();
  private information?: Information;
  private kept?: Tokens;
  private discovery: Discovery;
  private verifier = '';

  constructor(
    private readonly authMethod: string,
    private readonly name = 'Official',
  ) {}

  get clientMetadata() {
    return {
      client_name: this.name,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: this.authMethod,
    };
  }
  state = () => 'st8';
  clientInformation = () => this.information;
  saveClientInformation = (information: Information) => {
    this.information = information;
  };
  tokens = () => this.kept;
  saveTokens = (tokens: Tokens) => {
    this.kept = tokens;
  };
  saveCodeVerifier = (verifier: string) => {
    this.verifier = verifier;
  };
  codeVerifier = () => this.verifier;
  discoveryState = () => this.discovery;
  saveDiscoveryState = (found: Discovery) => {
    this.discovery = found;
  };
  invalidateCredentials = (which: string) => {
    if (which === 'all' || which === 'tokens') this.kept = undefined;
    if (which === 'all' || which === 'client') this.information = undefined;
  };

  async redirectToAuthorization(url: URL) {
    const response = await fetch(url, { redirect: 'manual' });
    this.back = new URL(response.headers.get('location') ?? 'none:').searchParams;
  }

  get token(): Tokens {
    if (!this.kept) throw new Error('not signed in');
    return this.kept;
  }
}
