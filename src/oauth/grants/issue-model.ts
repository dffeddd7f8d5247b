import type OAuth2Server from '@node-oauth/oauth2-server';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from '../consent/authorization-request.js';
import { AuthorizationCode } from '../sessions/authorization-code.entity.js';
import { newSessionId } from '../sessions/sessions.service.js';

/** The lifetime of a code. Clients redeem it immediately, and OAuth 2.1 recommends a short lifetime. */
const CODE_MS = 60_000;

/** The model through which the library issues a code. */
export function issueModel(
  tx: EntityManager,
  { redirectUri, scopes, resource, codeChallenge }: AuthorizationRequest,
  client: OauthClient,
  accountId: string | null,
  clock: Clock,
): OAuth2Server.AuthorizationCodeModel {
  return {
    getClient: async () => ({ id: client.id, grants: client.grantTypes, redirectUris: [redirectUri] }),
    validateScope: async () => scopes,
    generateAuthorizationCode: async () => newToken('pac'),
    saveAuthorizationCode: async (code, about, user) => {
      await tx.insert(AuthorizationCode, {
        hash: hashOfSecret(code.authorizationCode),
        sessionId: newSessionId(),
        clientId: client.id,
        accountId,
        redirectUri,
        codeChallenge,
        scopes,
        resource,
        usedAt: null,
        expiresAt: clock.now() + CODE_MS,
      });
      return { ...code, client: about, user };
    },
    ...NOT_WHILE_ISSUING,
  };
}

const never = async (): Promise<never> => {
  throw new Error('not asked while a code is issued');
};
const NOT_WHILE_ISSUING = {
  getAccessToken: never,
  getAuthorizationCode: never,
  revokeAuthorizationCode: never,
  saveToken: never,
};
