import { CliError } from '../server/cli-error.js';
import type { ServerProfile } from '../server/server-profile.js';
import { register, signInFacts } from './browser-sign-in.js';
import { discover } from './discovery.js';
import { type SavedSignIn, withTokens } from './saved-sign-in.js';
import { requestTokens } from './token-request.js';

/** Signs a program in with its own secret (client_credentials), if the server allows it. */
export async function signInAsMachine({ server }: ServerProfile, name: string): Promise<SavedSignIn> {
  const at = await discover(server);
  if (!at.metadata.grant_types_supported?.includes('client_credentials')) {
    throw new CliError(
      'refused',
      'NO_MACHINES',
      `${server} does not allow programs to sign in without a person.`,
      `Run: parley login ${server}, or create a personal access token there and use --token.`,
    );
  }
  const { client_id, client_secret } = await register(at, {
    client_name: name,
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const grant = { ...signInFacts(server, at), way: 'machine' as const, client: { client_id, client_secret } };
  const tokens = await requestTokens(grant, { grant_type: 'client_credentials', resource: at.resource });
  return withTokens(grant, tokens);
}
