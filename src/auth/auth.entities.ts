import { AccessToken } from './access-token.entity.js';
import { Account } from './accounts/account.entity.js';
import { AccountInvite } from './accounts/invites/account-invite.entity.js';
import { Passkey } from './accounts/passkeys/passkey.entity.js';
import { PasskeyChallenge } from './accounts/passkeys/passkey-challenge.entity.js';
import { WebSession } from './accounts/web/web-session.entity.js';
import { AuthorizationCode } from './oauth/authorization-code.entity.js';
import { Consent } from './oauth/consent.entity.js';
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
  Consent,
  AccountInvite,
  WebSession,
  Passkey,
  PasskeyChallenge,
];
