import { buttonForm, field, formStart } from '../identity/browsers/form.js';
import type { FormResult } from '../identity/browsers/form-result.js';
import type { PageVisit, SignedIn } from '../identity/browsers/page-visit.js';
import type { AccountAccess } from '../oauth/access/account-accesses.service.js';
import { scopesFor, TOKEN_DAYS } from '../oauth/access/personal-tokens.service.js';
import { type Html, html } from '../platform/pages/html.js';
import { dayOf } from './day.js';

const USUAL_DAYS = 30;

interface Shown extends FormResult {
  readonly visit: PageVisit;
  readonly signedIn: SignedIn;
  readonly accesses: readonly AccountAccess[];
}

export function connectedApps({ visit, accesses }: Shown): Html {
  const rows = accesses
    .filter(({ kind }) => kind === 'app')
    .map(
      (
        app,
      ) => html`<li><div><strong>${app.name || 'An app without a name'}</strong> at ${app.destination ?? 'an unknown address'}<br>
<span class="soft">${app.scopes.join(', ')} · since ${dayOf(app.createdAt)} · last used ${dayOf(app.usedAt)}</span></div>
${buttonForm(visit, '/account/access/revoke', { id: app.id }, 'Disconnect')}</li>`,
    );
  const none = html`<p class="soft">None. Add this server to an assistant, and the assistant will ask you to allow it.</p>`;
  return html`<h2 id="apps">Connected apps</h2>
${rows.length ? html`<ul class="rows">${rows}</ul>` : none}`;
}

export function personalTokens({ visit, signedIn, accesses, token, problems = {} }: Shown): Html {
  const rows = accesses
    .filter(({ kind }) => kind === 'token')
    .map(
      (one) => html`<li><div><strong>${one.name}</strong><br>
<span class="soft">${one.scopes.join(', ')} · until ${dayOf(one.expiresAt)} · last used ${dayOf(one.usedAt)}</span></div>
${buttonForm(visit, '/account/access/revoke', { id: one.id }, 'Revoke')}</li>`,
    );
  const fresh = html`<p class="good" role="status">This is the new token. Copy it now: it is not shown again.</p>
<code class="secret" id="token">${token}</code>`;
  const scopes = scopesFor(signedIn).map(
    (scope) =>
      html`<label><input type="checkbox" name="scope_${scope}"${scope === 'channels' ? html` checked` : undefined}> ${scope}</label>\n`,
  );
  const days = TOKEN_DAYS.map(
    (each) => html`<option value="${each}"${each === USUAL_DAYS ? html` selected` : undefined}>${each} days</option>`,
  );
  return html`<h2 id="tokens">Personal access tokens</h2>
<p class="soft">For scripts, sent as <code>Authorization: Bearer …</code> to REST and MCP. A token can do what you can do, within its scopes.</p>
${token ? fresh : undefined}
${rows.length ? html`<ul class="rows">${rows}</ul>` : undefined}
${formStart('/account/tokens', visit)}
${field({ name: 'label', label: 'Purpose', problem: problems.label })}
<fieldset><legend>Scopes</legend>
${scopes}${problems.scopes ? html`<p class="problem" role="alert">${problems.scopes}</p>` : undefined}
</fieldset>
<label for="days">Valid for</label>
<select id="days" name="days">${days}</select>
<div class="buttons"><button>Create a token</button></div>
</form>`;
}
