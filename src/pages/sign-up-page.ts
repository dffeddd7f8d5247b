import { field, formStart } from '../identity/browsers/form.js';
import type { PageVisit } from '../identity/browsers/page-visit.js';
import { MIN_PASSWORD_LENGTH } from '../identity/passwords/passwords.service.js';
import type { FieldProblems, SignUpSubmission } from '../identity/sign-in/sign-ups.service.js';
import { type Html, html } from '../platform/pages/html.js';
import type { HtmlPage } from '../platform/pages/page.js';
import type { Continuation } from './continuations.service.js';

interface Shown {
  readonly next: Continuation;
  readonly given: Pick<SignUpSubmission, 'code' | 'name'>;
  /** The name that the code is for; it cannot be changed. */
  readonly fixedName?: string;
  readonly isReset: boolean;
  readonly needsCode: boolean;
  readonly problems?: FieldProblems;
}

/** The form for a new account. */
export function signUpPage(visit: PageVisit, shown: Shown): HtmlPage {
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
        hint: 'You sign in with this name, and the members of your channels see it.',
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
    hint: `At least ${MIN_PASSWORD_LENGTH} characters; a few words are good.`,
    problem: problems.password,
    isFirst: Boolean(fixedName),
  });
  const body = html`${formStart('/sign-up', visit)}
<input type="hidden" name="ticket" value="${next.ticket}">
${isGiven ? html`<input type="hidden" name="code" value="${given.code}">` : needsCode || problems.code ? code : undefined}
${name}
${password}
<div class="buttons"><button class="main">${isReset ? 'Set the password' : 'Create the account'}</button></div>
</form>
<p class="soft">Already have an account? <a href="/login${next.ticket && `?ticket=${next.ticket}`}">Sign in</a>.</p>`;
  return { title: isReset ? 'Set a new password' : 'Create an account', body };
}
