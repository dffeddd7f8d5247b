import type { AccountRole } from '../../../kernel/caller.js';
import { html } from '../../../platform/html.js';
import type { Page } from '../../page.js';
import type { Access } from '../access/accesses.service.js';
import type { Passkey } from '../passkeys/passkey.entity.js';
import { PASSKEY_SCRIPT } from '../passkeys/passkey-script.js';
import { formStart } from '../web/form.js';
import type { SignedIn, Visit } from '../web/visit.js';
import type { WebSession } from '../web/web-session.entity.js';
import { connectedApps, personalTokens } from './access-sections.js';
import { browsersSection, deletionSection, passkeysSection, passwordSection } from './sign-in-sections.js';
import type { Told } from './told.js';

export interface AccountShown extends Told {
  /** Which form was granted. */
  readonly did?: string;
  readonly visit: Visit;
  readonly signedIn: SignedIn;
  readonly accesses: readonly Access[];
  readonly passkeys: readonly Passkey[];
  readonly browsers: readonly WebSession[];
  /** Undefined where this address can have no passkeys. */
  readonly passkeyOptions?: object;
  /** Of an app that waits for the passkey; empty where none does. */
  readonly ticket: string;
}

/** Everything somebody can see and do about their own account. */
export function accountPage(shown: AccountShown): Page {
  const { visit, signedIn, passkeyOptions, did = '' } = shown;
  const done = Object.hasOwn(DONE, did) ? DONE[did] : undefined;
  const { name, role } = signedIn.account;
  const body = html`<div class="top"><p data-account="${signedIn.account.id}">Signed in as <strong>${name}</strong>, ${ROLE_IN_WORDS[role]}.</p>
${formStart('/logout', visit)}<button class="small">Sign out</button></form></div>
${done ? html`<p class="good" role="status">${done}</p>` : undefined}
${connectedApps(shown)}
${personalTokens(shown)}
${passkeysSection(shown)}
${passwordSection(shown)}
${browsersSection(shown)}
${deletionSection(shown)}`;
  return { title: 'Your account', body, isWide: true, ...(passkeyOptions && { script: PASSKEY_SCRIPT }) };
}

/** What is said afterwards, by the path of the form. */
const DONE: Record<string, string> = {
  'access/revoke': 'Its access has ended.',
  password: 'The password is changed, and all other browsers are signed out.',
  passkeys: 'The passkey is added.',
  'passkeys/remove': 'The passkey is removed.',
  'browsers/end': 'That browser is signed out.',
};

const ROLE_IN_WORDS: Record<AccountRole, string> = {
  guest: 'a guest',
  member: 'a member',
  moderator: 'a moderator of this server',
  admin: 'an admin of this server',
};
