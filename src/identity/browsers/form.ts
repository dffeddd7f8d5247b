import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { isFromOwnPage } from '../../platform/http/page-origin.js';
import { Html, html } from '../../platform/pages/html.js';
import { PageError } from './page-error.js';
import type { PageVisit } from './page-visit.js';

/** Reads a field of a form; a missing field is empty. */
export type Form = (field: string) => string;

/**
 * Reads a form that one of our pages sent in the same browser. Throws a PageError for any other form (CSRF protection).
 */
export function readBrowserForm(
  { headers, body }: Request,
  { csrf, origin }: Pick<PageVisit, 'csrf' | 'origin'>,
): Form {
  const fields = (body ?? {}) as Record<string, unknown>;
  const form: Form = (field) => {
    const value = Object.hasOwn(fields, field) ? fields[field] : '';
    return typeof value === 'string' ? value : '';
  };
  if (!isFromOwnPage(headers, origin) || !isSame(form('csrf'), csrf)) {
    throw new PageError(
      403,
      'This page was open for too long, or the form was sent from another site. Open the page again.',
    );
  }
  return form;
}

const isSame = (given: string, expected: string) =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** The start of every form, with the CSRF token of the browser. */
export const formStart = (action: string, { csrf }: Pick<PageVisit, 'csrf'>, more: Html = new Html('')) =>
  html`<form method="post" action="${action}"${more}>
<input type="hidden" name="csrf" value="${csrf}">`;

interface Field {
  readonly name: string;
  /** The id of the element, if another field of the page has the same name. */
  readonly id?: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly value?: string;
  readonly autocomplete?: string;
  readonly hint?: string;
  readonly problem?: string;
  readonly isOptional?: boolean;
  readonly isFirst?: boolean;
}

/** A form field with its label and its error message. */
export function field(it: Field): Html {
  const { name, id = name, label, type = 'text', value, autocomplete = 'off', hint, problem } = it;
  const about = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return html`<label for="${id}">${label}</label>
${hint ? html`<p class="soft" id="${id}-hint">${hint}</p>` : undefined}
<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"${
    about ? html` aria-describedby="${about}"` : undefined
  }${problem ? html` aria-invalid="true"` : undefined}${it.isOptional ? undefined : html` required`}${
    it.isFirst || problem ? html` autofocus` : undefined
  }>
${problem ? html`<p class="problem" id="${id}-problem" role="alert">${problem}</p>` : undefined}`;
}

/** A form with one button, for one row of a list. */
export const buttonForm = (
  visit: Pick<PageVisit, 'csrf'>,
  action: string,
  hidden: Record<string, string>,
  button: string,
) =>
  html`${formStart(action, visit)}
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button class="small">${button}</button>
</form>`;
