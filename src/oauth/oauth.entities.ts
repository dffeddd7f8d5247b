import { OauthClient } from './clients/oauth-client.entity.js';
import { UsedAssertion } from './clients/used-assertion.entity.js';
import { Consent } from './consent/consent.entity.js';
import { ConsentTicket } from './consent/consent-ticket.entity.js';
import { AccessToken } from './sessions/access-token.entity.js';
import { AuthorizationCode } from './sessions/authorization-code.entity.js';
import { RefreshToken } from './sessions/refresh-token.entity.js';
import { Session } from './sessions/session.entity.js';

/** The tables of this module. */
export const OAUTH_ENTITIES = [
  OauthClient,
  Session,
  AccessToken,
  RefreshToken,
  AuthorizationCode,
  ConsentTicket,
  UsedAssertion,
  Consent,
];
