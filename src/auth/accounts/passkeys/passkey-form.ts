import { type Html, html } from '../../../platform/html.js';
import { formStart } from '../web/form.js';
import type { Visit } from '../web/visit.js';

interface Asked {
  /** Whether a passkey is made or used. */
  readonly ask: 'create' | 'get';
  readonly options: object;
  readonly ticket?: string;
  readonly button: string;
  /** Further fields. */
  readonly fields?: Html;
}

/** A form whose answer comes from an authenticator; it needs the script beside it. */
export function passkeyForm(visit: Pick<Visit, 'csrf'>, { ask, options, ticket = '', button, fields }: Asked): Html {
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
