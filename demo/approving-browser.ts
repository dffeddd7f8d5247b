/**
 * The person and the browser of an OAuth flow: keeps what the client must keep, and follows the authorization link as a
 * browser would. On a loopback address open mode approves without a click.
 */
export class ApprovingBrowser {
  readonly steps: string[] = [];
  readonly redirectUrl = 'http://127.0.0.1:33418/callback';
  readonly clientMetadata: {
    client_name: string;
    redirect_uris: string[];
    grant_types: string[];
    response_types: string[];
    token_endpoint_auth_method: string;
  };
  private client: unknown;
  private granted: unknown;
  private discovered: unknown;
  private verifier = '';
  private answer?: URLSearchParams;

  constructor(name: string) {
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  clientInformation() {
    return this.client as never;
  }

  saveClientInformation(client: unknown) {
    this.client = client;
    this.steps.push(`registered as ${(client as { client_id: string }).client_id}`);
  }

  tokens() {
    return this.granted as never;
  }

  saveTokens(tokens: unknown) {
    this.granted = tokens;
    const { scope, expires_in } = tokens as { scope: string; expires_in: number };
    this.steps.push(`got a token for "${scope}", good for ${expires_in / 3600} h`);
  }

  saveCodeVerifier(verifier: string) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }

  discoveryState() {
    return this.discovered as never;
  }

  saveDiscoveryState(discovered: unknown) {
    this.discovered = discovered;
  }

  async redirectToAuthorization(url: URL) {
    const page = await fetch(url, { redirect: 'manual' });
    this.answer = new URL(page.headers.get('location') ?? '').searchParams;
    this.steps.push('was approved and sent back with a code');
  }

  /** What came back on the redirect, once. */
  takeAnswer(): URLSearchParams {
    const { answer } = this;
    if (!answer) throw new Error('nobody was sent to authorize');
    this.answer = undefined;
    return answer;
  }
}
