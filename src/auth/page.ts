import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from '../platform/html.js';
import { PAGE_STYLE } from './page-style.js';

/** A page for people. What others wrote in its body is escaped by `html`. */
export interface Page {
  readonly title: string;
  readonly body: Html;
  /** A script of our own: nothing else runs. */
  readonly script?: string;
  /** Has more than one form. */
  readonly isWide?: boolean;
}

/** Sends a page that no site can frame, that loads nothing, and whose forms go nowhere but where it says. */
export function sendPage(response: Response, status: number, page: Page, formTarget = "'self'") {
  const script = page.script === undefined ? '' : `script-src '${hashOf(page.script)}'; `;
  response
    .status(status)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src '${STYLE_HASH}'; ${script}form-action ${formTarget}; frame-ancestors 'none'; base-uri 'none'`,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      // Our own forms say where they come from, and no other site hears of it.
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    })
    .type('html')
    .send(document(page).text);
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const STYLE_HASH = hashOf(PAGE_STYLE);

const document = ({ title, body, script, isWide }: Page) => html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Parley</title>
<style>${new Html(PAGE_STYLE)}</style>
<main class="${isWide ? 'wide' : 'narrow'}">
<h1>${title}</h1>
${body}
</main>
${script === undefined ? undefined : new Html(`<script>${script}</script>`)}
</html>
`;
