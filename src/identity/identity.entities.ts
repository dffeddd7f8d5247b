import { Account } from './accounts/account.entity.js';
import { WebSession } from './browsers/web-session.entity.js';
import { AccountInvite } from './invites/account-invite.entity.js';
import { Passkey } from './passkeys/passkey.entity.js';
import { PasskeyChallenge } from './passkeys/passkey-challenge.entity.js';

/** The tables of this module. */
export const IDENTITY_ENTITIES = [Account, AccountInvite, WebSession, Passkey, PasskeyChallenge];
