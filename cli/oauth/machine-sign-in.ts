import { type Grant, withTokens } from '../credentials/grant.js';
import { Failure } from '../failure.js';
import type { Place } from '../place.js';
import { facts, register } from './browser-sign-in.js';
import { discover } from './discovery.js';
import { requestTokens } from './token-request.js';

/** Signs a program in with a secret of its own (client_credentials), where the server lets programs in like that. */
export async function signInAsMachine({ server }: Place, name: string): Promise<Grant> {
  const at = await discover(server);
  if (!at.metadata.grant_types_supported?.includes('client_credentials')) {
    throw new Failure(
      'refused',
      'NO_MACHINES',
      `${server} lets no program in without a person.`,
      `Run: parley login ${server}, or make a personal access token there and use --token.`,
    );
  }
  const { client_id, client_secret } = await register(at, {
    client_name: name,
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_post',
  });
  const grant = { ...facts(server, at), way: 'machine' as const, client: { client_id, client_secret } };
  const tokens = await requestTokens(grant, { grant_type: 'client_credentials', resource: at.resource });
  return withTokens(grant, tokens);
}
