import { AccessToken } from './access-token.entity.js';
import { Account } from './account.entity.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { ConsentTicket } from './consent-ticket.entity.js';
import { OauthClient } from './oauth-client.entity.js';
import { RefreshToken } from './refresh-token.entity.js';
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
];
