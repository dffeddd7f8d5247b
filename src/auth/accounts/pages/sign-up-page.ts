import { type Html, html } from '../../../platform/html.js';
import type { Page } from '../../page.js';
import { SHORTEST_PASSWORD } from '../passwords/passwords.service.js';
import type { Problems, Wish } from '../sign-ups.service.js';
import type { Continuation } from '../web/continuations.service.js';
import { field, formStart } from '../web/form.js';
import type { Visit } from '../web/visit.js';

interface Shown {
  readonly next: Continuation;
  readonly given: Pick<Wish, 'code' | 'name'>;
  /** The code is for this name, which is not chosen. */
  readonly fixedName?: string;
  readonly isReset: boolean;
  readonly needsCode: boolean;
  readonly problems?: Problems;
}

/** Asks for what an account needs. */
export function signUpPage(visit: Visit, shown: Shown): Page {
  const { next, given, fixedName, isReset, needsCode, problems = {} } = shown;
  const name: Html = fixedName
    ? html`<p>${isReset ? 'A new password for' : 'The account will be called'} <strong>${fixedName}</strong>.</p>
<input hidden name="name" value="${fixedName}" autocomplete="username">
${problems.name ? html`<p class="problem" role="alert">${problems.name}</p>` : undefined}`
    : field({
        name: 'name',
        label: 'Name',
        value: given.name,
        autocomplete: 'username',
        hint: 'You sign in with it, and the members of your channels see it.',
        problem: problems.name,
        isFirst: !needsCode,
      });
  const code = field({
    name: 'code',
    label: 'Code',
    value: given.code,
    hint: 'It works once. An admin of this server gives it to you.',
    problem: problems.code,
    isFirst: true,
  });
  const isGiven = given.code && !problems.code;
  const password = field({
    name: 'password',
    label: 'Password',
    type: 'password',
    autocomplete: 'new-password',
    hint: `At least ${SHORTEST_PASSWORD} characters; a few words are good.`,
    problem: problems.password,
    isFirst: Boolean(fixedName),
  });
  const body = html`${formStart('/sign-up', visit)}
<input type="hidden" name="ticket" value="${next.ticket}">
${isGiven ? html`<input type="hidden" name="code" value="${given.code}">` : needsCode || problems.code ? code : undefined}
${name}
${password}
<div class="buttons"><button class="main">${isReset ? 'Set the password' : 'Make the account'}</button></div>
</form>
<p class="soft">You have an account? <a href="/login${next.ticket && `?ticket=${next.ticket}`}">Sign in</a>.</p>`;
  return { title: isReset ? 'Set a new password' : 'Make an account', body };
}
