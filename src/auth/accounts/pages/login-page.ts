import { html } from '../../../platform/html.js';
import type { Page } from '../../page.js';
import { passkeyForm } from '../passkeys/passkey-form.js';
import { PASSKEY_SCRIPT } from '../passkeys/passkey-script.js';
import { namedOrigin } from '../passkeys/relying-party.js';
import type { Continuation } from '../web/continuations.service.js';
import { field, formStart } from '../web/form.js';
import type { Visit } from '../web/visit.js';

interface Shown {
  readonly next: Continuation;
  /** What navigator.credentials.get is asked; undefined where this address can have no passkeys. */
  readonly passkeyOptions?: object;
  readonly name?: string;
  readonly problem?: string;
  readonly canSignUp: boolean;
}

/** Asks who is there. */
export function loginPage(visit: Visit, { next, passkeyOptions, name, problem, canSignUp }: Shown): Page {
  const { ticket } = next;
  const body = html`${ticket ? html`<p>Sign in, and you will be asked about the app you come from.</p>` : undefined}
${formStart('/login', visit)}
<input type="hidden" name="ticket" value="${ticket}">
${field({ name: 'name', label: 'Name', value: name, autocomplete: 'username webauthn', isFirst: true })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', problem })}
<div class="buttons"><button class="main">Sign in</button></div>
</form>
${passkeyOptions && passkeyForm(visit, { ask: 'get', options: passkeyOptions, ticket, button: 'Sign in with a passkey' })}
${canSignUp ? html`<p class="soft">No account yet? <a href="/sign-up${ticket && `?ticket=${ticket}`}">Make one</a>.</p>` : undefined}`;
  return { title: 'Sign in', body, ...(passkeyOptions && { script: PASSKEY_SCRIPT }) };
}

/** Asks for the passkey that the account has: the second half of signing in. */
export function secondFactorPage(visit: Visit, next: Continuation, name: string, passkeyOptions?: object): Page {
  const place = namedOrigin(visit.origin);
  const body = passkeyOptions
    ? html`<p>${name} has a say on this server, so a password alone is not enough.</p>
${passkeyForm(visit, { ask: 'get', options: passkeyOptions, ticket: next.ticket, button: 'Use your passkey' })}`
    : html`<p>${name} has a say on this server, so a password alone is not enough. This address can have no passkeys:
<a href="${place}/login${next.ticket && `?ticket=${next.ticket}`}">sign in at ${place}</a>.</p>`;
  const leave = html`${formStart('/logout', visit)}<button class="small">Sign out</button></form>`;
  return { title: 'Now your passkey', body: html`${body}${leave}`, ...(passkeyOptions && { script: PASSKEY_SCRIPT }) };
}
