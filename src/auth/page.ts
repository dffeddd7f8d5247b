import type { Response } from 'express';

/** Sends a small page that no site can frame, that loads nothing, and whose form goes nowhere but where it says. */
export function sendPage(response: Response, status: number, html: string, formTarget = "'none'") {
  response
    .status(status)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; form-action ${formTarget}; frame-ancestors 'none'; base-uri 'none'`,
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    })
    .type('html')
    .send(html);
}

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The body is HTML already: whatever others wrote in it has been escaped. */
export const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Parley</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { max-width: 32rem; margin: 10vh auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.4rem; }
  form { display: flex; gap: .75rem; margin-top: 2rem; }
  button { font: inherit; padding: .6rem 1.4rem; border-radius: .5rem; border: 1px solid; cursor: pointer; }
  button.main { background: #2457d6; border-color: #2457d6; color: #fff; }
</style>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</html>
`;
