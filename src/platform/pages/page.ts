import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from './html.js';
import { PAGE_STYLE } from './page-style.js';

/** An HTML page. Text of other people in its body is escaped by `html`. */
export interface HtmlPage {
  readonly title: string;
  readonly body: Html;
  /** The only script that the page may run. */
  readonly script?: string;
  /** Whether the page has more than one form. */
  readonly isWide?: boolean;
}

/**
 * Sends a page with a Content-Security-Policy: it cannot be framed, loads nothing, and posts forms only to
 * `formTarget`.
 */
export function sendPage(response: Response, status: number, page: HtmlPage, formTarget = "'self'") {
  const script = page.script === undefined ? '' : `script-src '${hashOf(page.script)}'; `;
  response
    .status(status)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src '${STYLE_HASH}'; ${script}form-action ${formTarget}; frame-ancestors 'none'; base-uri 'none'`,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      // The server checks the origin of our own forms; other sites get no referrer.
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    })
    .type('html')
    .send(document(page).text);
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const STYLE_HASH = hashOf(PAGE_STYLE);

const document = ({ title, body, script, isWide }: HtmlPage) => html`<!doctype html>
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
