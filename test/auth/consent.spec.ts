import { describe, expect, test } from '@jest/globals';
import { pkce, postForm, register, token, visitAuthorize } from '../support/oauth.js';
import { useServer } from '../support/use-server.js';

const redirect_uri = 'https://app.example/cb?tenant=1';
const server = useServer();

/** The page that someone sees whose app we do not know, and what is needed to redeem the code. */
async function page(client_name: string) {
  const metadata = { client_name, redirect_uris: [redirect_uri], token_endpoint_auth_method: 'none' };
  const { client_id } = await register(server.url, metadata);
  const { verifier, challenge } = pkce();
  const response = await visitAuthorize(server.url, {
    client_id,
    redirect_uri,
    code_challenge: challenge,
    scope: 'bots',
  });
  const html = await response.text();
  return { client_id, verifier, response, html, ticket: /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '' };
}
const click = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  postForm(`${server.url}/oauth/authorize`, form, headers);

describe('An unknown app', () => {
  test('waits for a click on a page that cannot be framed', async () => {
    const { response, html } = await page('Desk');

    expect(response.status).toBe(200);
    expect(response.headers.get('location')).toBeNull();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example;");
    expect(html).toContain('<strong>app.example</strong>');
    expect(html).toContain('attach bots to channels');
    expect(html).not.toContain('create and join channels');
  });

  test('cannot write markup into it', async () => {
    const { html } = await page('<script>alert(1)</script>"\'&');

    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
  });

  test('gets a code after the click, and then a token with the scopes that were shown', async () => {
    const { client_id, verifier, ticket } = await page('Desk');

    const clicked = await click({ ticket, decision: 'approve' }, { 'sec-fetch-site': 'same-origin' });
    const back = new URL(clicked.headers.get('location') ?? '');
    const code = back.searchParams.get('code') ?? '';
    const response = await token(server.url, {
      grant_type: 'authorization_code',
      client_id,
      code,
      code_verifier: verifier,
      redirect_uri,
    });

    expect(`${back.origin}${back.pathname}`).toBe('https://app.example/cb');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ tenant: '1', state: 'st8', iss: server.url });
    expect(await response.json()).toMatchObject({ scope: 'bots' });
  });

  test('is told when the user declines', async () => {
    const { ticket } = await page('Desk');

    const clicked = await click({ ticket, decision: 'deny' });

    const back = new URL(clicked.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(back)).toMatchObject({
      tenant: '1',
      error: 'access_denied',
      state: 'st8',
      iss: server.url,
    });
    expect(back.has('code')).toBe(false);
  });
});

describe('A click counts only once and only on our page', () => {
  test('if sent twice', async () => {
    const { ticket } = await page('Desk');
    await click({ ticket, decision: 'deny' });

    const again = await click({ ticket, decision: 'approve' });

    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBeNull();
  });

  test('if sent twice at the same time', async () => {
    const { ticket } = await page('Desk');

    const clicks = await Promise.all([1, 2].map(() => click({ ticket, decision: 'approve' })));

    expect(clicks.map(({ status }) => status).sort()).toEqual([302, 400]);
  });

  test.each(['cross-site', 'same-site', 'none'])('and not from a page that is %s', async (site) => {
    const { ticket } = await page('Desk');

    const clicked = await click({ ticket, decision: 'approve' }, { 'sec-fetch-site': site });

    expect(clicked.status).toBe(400);
    expect((await click({ ticket, decision: 'approve' })).status).toBe(302);
  });

  test.each(['https://evil.example', 'null', 'https://claude.ai', 'http://localhost:1'])(
    'and not from a page of %s',
    async (origin) => {
      const { ticket } = await page('Desk');

      const clicked = await click({ ticket, decision: 'approve' }, { origin });
      const ours = await click({ ticket, decision: 'approve' }, { origin: new URL(server.url).origin });

      expect([clicked.status, ours.status]).toEqual([400, 302]);
    },
  );

  test.each([
    {},
    { ticket: 'pct_made-up', decision: 'approve' },
    { decision: 'approve' },
    { ticket: 'x', decision: 'x' },
  ])('and not with %j', async (form) => {
    expect((await click(form as Record<string, string>)).status).toBe(400);
  });
});
