import { buttonForm, field, formStart } from '../identity/browsers/form.js';
import type { FormResult } from '../identity/browsers/form-result.js';
import type { PageVisit, SignedIn } from '../identity/browsers/page-visit.js';
import type { Browser } from '../identity/browsers/web-sessions.service.js';
import type { Passkey } from '../identity/passkeys/passkey.entity.js';
import { namedOrigin } from '../identity/passkeys/relying-party.js';
import { MIN_PASSWORD_LENGTH } from '../identity/passwords/passwords.service.js';
import { atLeast } from '../kernel/caller.js';
import { type Html, html } from '../platform/pages/html.js';
import { dayOf } from './day.js';
import { passkeyForm } from './passkey-form.js';

interface Shown extends FormResult {
  readonly visit: PageVisit;
  readonly signedIn: SignedIn;
  readonly passkeys: readonly Passkey[];
  readonly browsers: readonly Browser[];
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
  const fields = field({ id: 'passkey-label', name: 'label', label: 'Name of the passkey', value: 'This device' });
  return html`<h2 id="passkeys">Passkeys</h2>
<p class="soft">With a passkey you sign in without a password. A passkey cannot be stolen by a fake page.</p>
${isMissing ? html`<p class="warning" role="status">You are a moderator or admin of this server: add a passkey. Apps get no admin rights before that.</p>` : undefined}
${problems.passkey ? html`<p class="problem" role="alert">${problems.passkey}</p>` : undefined}
${rows.length ? html`<ul class="rows">${rows}</ul>` : undefined}
${
  passkeyOptions
    ? passkeyForm(visit, { ask: 'create', options: passkeyOptions, ticket, fields, button: 'Add a passkey' })
    : html`<p class="warning">The address of this page is an IP address, and passkeys need a host name. ${atLocalhost(visit.origin)}</p>`
}`;
}

export function passwordSection({ visit, signedIn, problems = {} }: Shown): Html {
  const current = field({
    name: 'current',
    label: 'Current password',
    type: 'password',
    autocomplete: 'current-password',
    problem: problems.current,
  });
  const next = field({
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: `At least ${MIN_PASSWORD_LENGTH} characters. All other browsers are signed out.`,
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
  const row = ({ hash, browser, createdAt, seenAt }: Browser): Html => {
    const isThis = hash === visit.hash;
    return html`<li><div>${browser || 'A browser without a name'}${isThis ? html` <strong>(this one)</strong>` : undefined}<br>
<span class="soft">since ${dayOf(createdAt)} · last seen ${dayOf(seenAt)}</span></div>
${isThis ? undefined : buttonForm(visit, '/account/browsers/end', { id: hash }, 'Sign out')}</li>`;
  };
  const whole = browsers.filter(({ isHalf }) => !isHalf);
  const half = browsers.filter(({ isHalf }) => isHalf);
  return html`<h2 id="browsers">Browsers in which you are signed in</h2>
<ul class="rows">${whole.map(row)}</ul>
${
  half.length
    ? html`<h3>Sign-ins without a passkey</h3>
<p class="soft">In these browsers the correct password was entered, but no passkey was used. They are not signed in. If it was not you, change your password.</p>
<ul class="rows">${half.map(row)}</ul>`
    : undefined
}
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
<p>Your name, passwords, passkeys and tokens are deleted, and your seats become free. Your messages stay in the logs of their channels,
because other members hold commitments to them. This cannot be undone.</p>
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
