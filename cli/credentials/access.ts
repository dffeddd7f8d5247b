import { type Failure, notSignedIn } from '../failure.js';
import { requestTokens, TokenRefusal } from '../oauth/token-request.js';
import type { Place } from '../place.js';
import { type Grant, withTokens } from './grant.js';
import { Store } from './store.js';

/** A token this near its end is not worth a refusal. */
const NEARLY_OVER_MS = 30_000;

/**
 * The tokens of one sign-in, for every process that uses it. A refresh token works once, so a refresh happens under a
 * lock, and whoever finds that another process was faster takes what that one got.
 */
export class Access {
  readonly store: Store<Grant>;

  constructor(readonly place: Place) {
    this.store = new Store(place.folder, 'credentials.json');
  }

  /** A token to ask with. */
  async token(): Promise<string> {
    const grant = await this.grant();
    const isNearlyOver = grant.expires_at !== undefined && grant.expires_at - Date.now() < NEARLY_OVER_MS;
    return isNearlyOver ? this.renew(grant.access_token) : grant.access_token;
  }

  /** Another token in place of one that is refused or nearly over. */
  renew(old: string): Promise<string> {
    return this.store.exclusively(async () => {
      const grant = await this.grant();
      if (grant.access_token !== old) return grant.access_token;
      const renewed = await this.next(grant);
      await this.store.write(renewed);
      return renewed.access_token;
    });
  }

  async grant(): Promise<Grant> {
    const grant = await this.store.read();
    if (grant?.server !== this.place.server) throw notSignedIn(this.place.server);
    return grant;
  }

  ended(): Failure {
    return notSignedIn(this.place.server, `Your sign-in at ${this.place.server} has ended.`);
  }

  private async next(grant: Grant): Promise<Grant> {
    const { way, refresh_token, resource } = grant;
    if (way !== 'machine' && !refresh_token) throw this.ended();
    const asked =
      way === 'machine'
        ? { grant_type: 'client_credentials', scope: grant.scope }
        : { grant_type: 'refresh_token', refresh_token };
    try {
      return withTokens(grant, await requestTokens(grant, { ...asked, resource }));
    } catch (error) {
      if (error instanceof TokenRefusal) throw this.ended();
      throw error;
    }
  }
}
