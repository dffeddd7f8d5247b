import { atLeast } from '../../../kernel/caller.js';
import { type Html, html } from '../../../platform/html.js';
import type { Passkey } from '../passkeys/passkey.entity.js';
import { passkeyForm } from '../passkeys/passkey-form.js';
import { namedOrigin } from '../passkeys/relying-party.js';
import { SHORTEST_PASSWORD } from '../passwords/passwords.service.js';
import { buttonForm, field, formStart } from '../web/form.js';
import type { SignedIn, Visit } from '../web/visit.js';
import type { WebSession } from '../web/web-session.entity.js';
import { dayOf } from './day.js';
import type { Told } from './told.js';

interface Shown extends Told {
  readonly visit: Visit;
  readonly signedIn: SignedIn;
  readonly passkeys: readonly Passkey[];
  readonly browsers: readonly WebSession[];
  readonly passkeyOptions?: object;
  readonly ticket: string;
}

export function passkeysSection({ visit, signedIn, passkeys, passkeyOptions, ticket, problems = {} }: Shown): Html {
  const rows = passkeys.map(
    ({ id, label, createdAt, usedAt }) => html`<li><div><strong>${label}</strong><br>
<span class="soft">since ${dayOf(createdAt)} · last used ${dayOf(usedAt)}</span></div>
${buttonForm(visit, '/account/passkeys/remove', { id }, 'Remove')}</li>`,
  );
  const isMissing = !passkeys.length && atLeast(signedIn.account.role, 'moderator');
  const fields = field({ id: 'passkey-label', name: 'label', label: 'What you call it', value: 'This device' });
  return html`<h2 id="passkeys">Passkeys</h2>
<p class="soft">With a passkey you sign in without a password, and nobody can trick you into giving it away.</p>
${isMissing ? html`<p class="warning" role="status">You have a say on this server: add a passkey. Until then no app is given that say.</p>` : undefined}
${problems.passkey ? html`<p class="problem" role="alert">${problems.passkey}</p>` : undefined}
${rows.length ? html`<ul class="rows">${rows}</ul>` : undefined}
${
  passkeyOptions
    ? passkeyForm(visit, { ask: 'create', options: passkeyOptions, ticket, fields, button: 'Add a passkey' })
    : html`<p class="warning">The address of this page is a number, and passkeys belong to names. ${atLocalhost(visit.origin)}</p>`
}`;
}

export function passwordSection({ visit, signedIn, problems = {} }: Shown): Html {
  const current = field({
    name: 'current',
    label: 'Your password now',
    type: 'password',
    autocomplete: 'current-password',
    problem: problems.current,
  });
  const next = field({
    name: 'password',
    label: 'The new one',
    type: 'password',
    autocomplete: 'new-password',
    hint: `At least ${SHORTEST_PASSWORD} characters. All other browsers are signed out.`,
    problem: problems.password,
  });
  return html`<h2 id="password">Password</h2>
${formStart('/account/password', visit)}
<input hidden name="name" value="${signedIn.account.name}" autocomplete="username">
${current}
${next}
<div class="buttons"><button>Change the password</button></div>
</form>`;
}

export function browsersSection({ visit, browsers }: Shown): Html {
  const rows = browsers.map(
    ({
      hash,
      browser,
      createdAt,
      seenAt,
    }) => html`<li><div>${browser || 'A browser without a name'}${hash === visit.hash ? html` <strong>(this one)</strong>` : undefined}<br>
<span class="soft">since ${dayOf(createdAt)} · last seen ${dayOf(seenAt)}</span></div>
${hash === visit.hash ? undefined : buttonForm(visit, '/account/browsers/end', { id: hash }, 'Sign out')}</li>`,
  );
  return html`<h2 id="browsers">Browsers in which you are signed in</h2>
<ul class="rows">${rows}</ul>
${buttonForm(visit, '/account/browsers/end-all', {}, 'Sign out everywhere')}`;
}

export function deletionSection({ visit, problems = {} }: Shown): Html {
  const password = field({
    id: 'delete-password',
    name: 'password',
    label: 'Your password',
    type: 'password',
    autocomplete: 'current-password',
    problem: problems.deletion,
  });
  return html`<h2 id="delete">Delete the account</h2>
<p>Your name, passwords, passkeys and tokens are deleted, and your seats become free. What was said in a channel stays in its log:
others hold its commitments. This cannot be undone.</p>
${formStart('/account/delete', visit)}
${password}
<div class="buttons"><button class="bad">Delete my account</button></div>
</form>`;
}

function atLocalhost(origin: string): Html {
  const place = namedOrigin(origin);
  if (place === origin) return html`Its operator can give this server a name.`;
  return html`Open this page as <a href="${place}/account">${place}/account</a>.`;
}
