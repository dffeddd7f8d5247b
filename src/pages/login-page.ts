import { field, formStart } from '../identity/browsers/form.js';
import type { PageVisit } from '../identity/browsers/page-visit.js';
import { namedOrigin } from '../identity/passkeys/relying-party.js';
import { html } from '../platform/pages/html.js';
import type { HtmlPage } from '../platform/pages/page.js';
import type { Continuation } from './continuations.service.js';
import { passkeyForm } from './passkey-form.js';
import { PASSKEY_SCRIPT } from './passkey-script.js';

interface Shown {
  readonly next: Continuation;
  /** The options for navigator.credentials.get; undefined if the origin supports no passkeys. */
  readonly passkeyOptions?: object;
  readonly name?: string;
  readonly problem?: string;
  readonly canSignUp: boolean;
}

/** The login page. */
export function loginPage(visit: PageVisit, { next, passkeyOptions, name, problem, canSignUp }: Shown): HtmlPage {
  const { ticket } = next;
  const body = html`${ticket ? html`<p>Sign in to continue. You will then be asked whether to allow the app.</p>` : undefined}
${formStart('/login', visit)}
<input type="hidden" name="ticket" value="${ticket}">
${field({ name: 'name', label: 'Name', value: name, autocomplete: 'username webauthn', isFirst: true })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', problem })}
<div class="buttons"><button class="main">Sign in</button></div>
</form>
${passkeyOptions && passkeyForm(visit, { ask: 'get', options: passkeyOptions, ticket, button: 'Sign in with a passkey' })}
${canSignUp ? html`<p class="soft">No account yet? <a href="/sign-up${ticket && `?ticket=${ticket}`}">Create one</a>.</p>` : undefined}`;
  return { title: 'Sign in', body, ...(passkeyOptions && { script: PASSKEY_SCRIPT }) };
}

/** The page that asks for the passkey as second factor. */
export function secondFactorPage(
  visit: PageVisit,
  next: Continuation,
  name: string,
  passkeyOptions?: object,
): HtmlPage {
  const place = namedOrigin(visit.origin);
  const body = passkeyOptions
    ? html`<p>${name} is a moderator or admin of this server, so a password alone is not enough.</p>
${passkeyForm(visit, { ask: 'get', options: passkeyOptions, ticket: next.ticket, button: 'Use your passkey' })}`
    : html`<p>${name} is a moderator or admin of this server, so a password alone is not enough. Passkeys do not work at this address:
<a href="${place}/login${next.ticket && `?ticket=${next.ticket}`}">sign in at ${place}</a>.</p>`;
  const leave = html`${formStart('/logout', visit)}<button class="small">Sign out</button></form>`;
  return { title: 'Use your passkey', body: html`${body}${leave}`, ...(passkeyOptions && { script: PASSKEY_SCRIPT }) };
}
