import { CliError } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';

/** The bridge's access token. If nobody is signed in, it opens a browser to sign in, once. */
export class BridgeToken {
  private last = '';
  private signingIn?: Promise<void>;

  constructor(
    private readonly session: CliSession,
    private readonly signIn: () => Promise<void>,
  ) {}

  token = async (): Promise<string> => {
    this.last = await this.session.access.token().catch((error) => this.afterSigningIn(error));
    return this.last;
  };

  onUnauthorized = async () => {
    await this.session.access.renew(this.last).catch((error) => this.afterSigningIn(error));
  };

  /** Concurrent requests wait for the same sign-in; after a failed one the user is not asked again. */
  private async afterSigningIn(error: unknown): Promise<string> {
    if (!(error instanceof CliError) || error.kind !== 'notSignedIn') throw error;
    this.signingIn ??= this.signIn();
    await this.signingIn.catch(() => {
      throw error;
    });
    return this.session.access.token();
  }
}
