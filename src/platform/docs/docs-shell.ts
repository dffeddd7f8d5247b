import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from '../pages/html.js';
import { DOCS_STYLE } from './docs-style.js';

const STYLE_HASH = createHash('sha256').update(DOCS_STYLE).digest('base64');
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** A page of the documentation. */
export interface DocsPage {
  readonly title: string;
  /** Links to the other pages, shown before the body. */
  readonly nav: Html;
  readonly body: Html;
}

/** The HTML of a page. It contains no script and loads nothing. */
export const docsShell = ({ title, nav, body }: DocsPage): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Parley</title>
<style>${new Html(DOCS_STYLE)}</style>
</head>
<body>
<header>${nav}</header>
<main>
${body}
</main>
</body>
</html>
`.text;

/** Sends a documentation page with a Content-Security-Policy that allows only its own style. */
export const sendDocs = (response: Response, page: string) => response.status(200).set(HEADERS).send(page);
