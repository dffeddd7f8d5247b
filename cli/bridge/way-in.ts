import { Failure } from '../failure.js';
import type { Session } from '../session.js';

/** The token that the bridge asks with. Where nobody is signed in yet, it asks for that once, in a browser. */
export class WayIn {
  private last = '';
  private signingIn?: Promise<void>;

  constructor(
    private readonly session: Session,
    private readonly signIn: () => Promise<void>,
  ) {}

  token = async (): Promise<string> => {
    this.last = await this.session.access.token().catch((error) => this.afterSigningIn(error));
    return this.last;
  };

  onUnauthorized = async () => {
    await this.session.access.renew(this.last).catch((error) => this.afterSigningIn(error));
  };

  /** Everything that is asked meanwhile waits for the same page; whoever closes it is not asked again. */
  private async afterSigningIn(error: unknown): Promise<string> {
    if (!(error instanceof Failure) || error.kind !== 'notSignedIn') throw error;
    this.signingIn ??= this.signIn();
    await this.signingIn.catch(() => {
      throw error;
    });
    return this.session.access.token();
  }
}
