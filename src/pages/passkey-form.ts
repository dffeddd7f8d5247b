import { formStart } from '../identity/browsers/form.js';
import type { PageVisit } from '../identity/browsers/page-visit.js';
import { type Html, html } from '../platform/pages/html.js';

interface Asked {
  /** Whether a passkey is created or used. */
  readonly ask: 'create' | 'get';
  readonly options: object;
  readonly ticket?: string;
  readonly button: string;
  /** Further fields. */
  readonly fields?: Html;
}

/** A form whose value comes from an authenticator; the page must include PASSKEY_SCRIPT. */
export function passkeyForm(
  visit: Pick<PageVisit, 'csrf'>,
  { ask, options, ticket = '', button, fields }: Asked,
): Html {
  const data = html` data-passkey="${ask}" data-options="${JSON.stringify(options)}"`;
  return html`${formStart(ask === 'get' ? '/login/passkey' : '/account/passkeys', visit, data)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="credential">
${fields}
<p class="problem" role="alert"></p>
<div class="buttons"><button>${button}</button></div>
</form>
<noscript><p class="soft">Passkeys need JavaScript; a password does not.</p></noscript>`;
}
