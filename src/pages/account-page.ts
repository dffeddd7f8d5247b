import { formStart } from '../identity/browsers/form.js';
import type { FormResult } from '../identity/browsers/form-result.js';
import type { PageVisit, SignedIn } from '../identity/browsers/page-visit.js';
import type { Browser } from '../identity/browsers/web-sessions.service.js';
import type { Passkey } from '../identity/passkeys/passkey.entity.js';
import type { AccountRole } from '../kernel/caller.js';
import type { AccountAccess } from '../oauth/access/account-accesses.service.js';
import { html } from '../platform/pages/html.js';
import type { HtmlPage } from '../platform/pages/page.js';
import { connectedApps, personalTokens } from './access-sections.js';
import { PASSKEY_SCRIPT } from './passkey-script.js';
import { browsersSection, deletionSection, passkeysSection, passwordSection } from './sign-in-sections.js';

export interface AccountShown extends FormResult {
  /** The form that was successful. */
  readonly did?: string;
  readonly visit: PageVisit;
  readonly signedIn: SignedIn;
  readonly accesses: readonly AccountAccess[];
  readonly passkeys: readonly Passkey[];
  readonly browsers: readonly Browser[];
  /** WebAuthn options; undefined if the origin supports no passkeys. */
  readonly passkeyOptions?: object;
  /** The ticket of an app that waits for the passkey; empty if there is none. */
  readonly ticket: string;
}

/** The page on which users manage their own account. */
export function accountPage(shown: AccountShown): HtmlPage {
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

/** The success messages, by the path of the form. */
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
