import { type SavedSignIn, withTokens } from '../oauth/saved-sign-in.js';
import { requestTokens, TokenRefusedError } from '../oauth/token-request.js';
import { type CliError, notSignedIn } from '../server/cli-error.js';
import type { ServerProfile } from '../server/server-profile.js';
import { Store } from './store.js';

/** A token that expires sooner than this is refreshed first. */
const EXPIRY_MARGIN_MS = 30_000;

/**
 * The tokens of a sign-in, shared by all processes of this user. A refresh token works only once, so a refresh needs a
 * lock, and a process that waited for the lock uses the tokens that the process before it has received.
 */
export class SavedTokens {
  readonly store: Store<SavedSignIn>;

  constructor(readonly place: ServerProfile) {
    this.store = new Store(place.folder, 'credentials.json');
  }

  /** A valid access token. */
  async token(): Promise<string> {
    const grant = await this.grant();
    const expiresSoon = grant.expires_at !== undefined && grant.expires_at - Date.now() < EXPIRY_MARGIN_MS;
    return expiresSoon ? this.renew(grant.access_token) : grant.access_token;
  }

  /** A new token in place of one that was refused or is about to expire. */
  renew(old: string): Promise<string> {
    return this.store.exclusively(async () => {
      const grant = await this.grant();
      if (grant.access_token !== old) return grant.access_token;
      const renewed = await this.refreshed(grant);
      await this.store.write(renewed);
      return renewed.access_token;
    });
  }

  async grant(): Promise<SavedSignIn> {
    const grant = await this.store.read();
    if (grant?.server !== this.place.server) throw notSignedIn(this.place.server);
    return grant;
  }

  signInEnded(): CliError {
    return notSignedIn(this.place.server, `Your sign-in at ${this.place.server} has ended.`);
  }

  private async refreshed(grant: SavedSignIn): Promise<SavedSignIn> {
    const { way, refresh_token, resource } = grant;
    if (way !== 'machine' && !refresh_token) throw this.signInEnded();
    const parameters =
      way === 'machine'
        ? { grant_type: 'client_credentials', scope: grant.scope }
        : { grant_type: 'refresh_token', refresh_token };
    try {
      return withTokens(grant, await requestTokens(grant, { ...parameters, resource }));
    } catch (error) {
      if (error instanceof TokenRefusedError) throw this.signInEnded();
      throw error;
    }
  }
}
