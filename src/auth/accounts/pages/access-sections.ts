import { atLeast, SCOPES, type Scope } from '../../../kernel/caller.js';
import { type Html, html } from '../../../platform/html.js';
import type { Access } from '../access/accesses.service.js';
import { buttonForm, field, formStart } from '../web/form.js';
import type { SignedIn, Visit } from '../web/visit.js';
import { dayOf } from './day.js';
import type { Told } from './told.js';

/** How long a token may be good for, in days. */
export const TOKEN_DAYS = [7, 30, 90, 365];
const USUAL_DAYS = 30;

interface Shown extends Told {
  readonly visit: Visit;
  readonly signedIn: SignedIn;
  readonly accesses: readonly Access[];
}

export function connectedApps({ visit, accesses }: Shown): Html {
  const rows = accesses
    .filter(({ kind }) => kind === 'app')
    .map(
      (
        app,
      ) => html`<li><div><strong>${app.name || 'An app without a name'}</strong> at ${app.destination ?? 'a place unknown'}<br>
<span class="soft">${app.scopes.join(', ')} · since ${dayOf(app.createdAt)} · last used ${dayOf(app.usedAt)}</span></div>
${buttonForm(visit, '/account/access/revoke', { id: app.id }, 'Disconnect')}</li>`,
    );
  const none = html`<p class="soft">None. Add this server to an assistant, and it will ask you here.</p>`;
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
  const fresh = html`<p class="good" role="status">This is the token. It is shown only now: copy it.</p>
<code class="secret" id="token">${token}</code>`;
  const scopes = scopesFor(signedIn).map(
    (scope) =>
      html`<label><input type="checkbox" name="scope_${scope}"${scope === 'channels' ? html` checked` : undefined}> ${scope}</label>\n`,
  );
  const days = TOKEN_DAYS.map(
    (each) => html`<option value="${each}"${each === USUAL_DAYS ? html` selected` : undefined}>${each} days</option>`,
  );
  return html`<h2 id="tokens">Personal access tokens</h2>
<p class="soft">For scripts, as <code>Authorization: Bearer …</code> at REST and MCP. A token does what you can do, within its scopes.</p>
${token ? fresh : undefined}
${rows.length ? html`<ul class="rows">${rows}</ul>` : undefined}
${formStart('/account/tokens', visit)}
${field({ name: 'label', label: 'What it is for', problem: problems.label })}
<fieldset><legend>What it may do</legend>
${scopes}${problems.scopes ? html`<p class="problem" role="alert">${problems.scopes}</p>` : undefined}
</fieldset>
<label for="days">For how long</label>
<select id="days" name="days">${days}</select>
<div class="buttons"><button>Make a token</button></div>
</form>`;
}

/** A say over others is given out only by who has shown a passkey. */
export const scopesFor = ({ account, session }: SignedIn): Scope[] =>
  atLeast(account.role, 'moderator') && session.passkeyAt !== null ? [...SCOPES, 'admin'] : [...SCOPES];
