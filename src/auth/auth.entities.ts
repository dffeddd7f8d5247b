import { AccessToken } from './access-token.entity.js';
import { Account } from './accounts/account.entity.js';
import { AuthorizationCode } from './oauth/authorization-code.entity.js';
import { ConsentTicket } from './oauth/consent-ticket.entity.js';
import { OauthClient } from './oauth/oauth-client.entity.js';
import { RefreshToken } from './oauth/refresh-token.entity.js';
import { UsedAssertion } from './oauth/used-assertion.entity.js';
import { Session } from './session.entity.js';

/** The tables of this module, for app.module to hand to the database. */
export const AUTH_ENTITIES = [
  Account,
  OauthClient,
  Session,
  AccessToken,
  RefreshToken,
  AuthorizationCode,
  ConsentTicket,
  UsedAssertion,
];
