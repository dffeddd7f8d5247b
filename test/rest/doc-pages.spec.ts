import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import { DOCUMENTS } from '../../src/platform/docs/documents.js';
import { DOORS, type Door } from '../support/doors.js';
import { modernClient } from '../support/mcp-clients.js';
import { useServer } from '../support/use-server.js';

const CHROMIUM = '/usr/bin/chromium';
const isHere = existsSync(CHROMIUM) || Boolean(process.env.CI);
const PRESETS = ['BlackjackBot', 'GuessBot', 'PriceBot', 'SpellBot', 'TlsBot'];
const PAGES = [
  '/docs',
  ...DOCUMENTS.map(({ name }) => `/docs/${name}`),
  ...PRESETS.map((name) => `/docs/presets/${name}`),
];
const rest = DOORS[0]?.[1] as Door;

const server = useServer();
const pages = new Map<string, string>();
beforeAll(async () => {
  for (const path of PAGES) {
    const response = await fetch(server.url + path);
    expect([path, response.status]).toEqual([path, 200]);
    pages.set(path, await response.text());
  }
});

describe('The pages of the documentation', () => {
  test('link only to existing pages and anchors', async () => {
    const broken: string[] = [];
    for (const [path, text] of pages) {
      for (const [, href = ''] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
        const { origin, pathname, hash } = new URL(href, `${server.url}${path}`);
        if (origin !== server.url) continue;
        const target = pages.get(pathname) ?? (await (await fetch(`${server.url}${pathname}`)).text());
        const isThere = !hash || target.includes(`id="${decodeURIComponent(hash.slice(1))}"`);
        if (!pages.has(pathname) && pathname !== '/openapi.json' && pathname !== '/account')
          broken.push(`${path}: ${href}`);
        else if (!isThere) broken.push(`${path}: ${href} is not on the page`);
      }
    }

    expect(broken).toEqual([]);
  });

  test.each(PAGES)('%s has the product’s name in its title, and links to the others', (path) => {
    const text = pages.get(path) ?? '';

    expect(text).toMatch(/<title>[^<]+ · Parley<\/title>/);
    for (const { name } of DOCUMENTS) expect(text).toContain(`href="/docs/${name}"`);
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=|<img/);
  });

  test.each(['/docs/nothing', '/docs/presets/NoBot', '/docs/..%2f..%2fpackage.json', '/docs/__proto__'])(
    '%s does not exist',
    async (path) => expect((await fetch(server.url + path)).status).toBe(404),
  );

  test('groups the operations by their users', () => {
    const text = pages.get('/docs') ?? '';
    const groups = [...text.matchAll(/<h2 id="for-(\w+)"/g)].map(([, toolset]) => toolset);

    expect(groups.slice(0, 3)).toEqual(['core', 'channels', 'bots']);
    expect(text.indexOf('<section id="join_channel">')).toBeLessThan(text.indexOf('<h2 id="for-bots"'));
    expect(text.indexOf('<section id="decide_bot_code">')).toBeGreaterThan(text.indexOf('<h2 id="for-admin"'));
  });

  (isHere ? test : test.skip)('are as wide as a telephone that shows them', async () => {
    const chrome = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--no-first-run'] });
    try {
      const page = await chrome.newPage({ viewport: { width: 390, height: 844 } });
      const wide: string[] = [];
      for (const path of PAGES) {
        await page.goto(server.url + path);
        const width: number = await page.evaluate('document.documentElement.scrollWidth');
        if (width > 390) wide.push(`${path}: ${width}`);
      }
      expect(wide).toEqual([]);
    } finally {
      await chrome.close();
    }
  });
});

describe('The same documents for models', () => {
  test('each document and each preset is a resource', async () => {
    const { token } = await rest(server, 'reader');
    const client = await modernClient(server.url, token);

    const { resources } = await client.listResources();
    const uris = [...DOCUMENTS.map(({ name }) => `doc://${name}`), ...PRESETS.map((name) => `doc://presets/${name}`)];
    const texts = await Promise.all(uris.map((uri) => client.readResource({ uri })));

    expect(resources.map(({ uri }) => uri)).toEqual(expect.arrayContaining(uris));
    for (const { contents } of texts) expect(contents[0]).toMatchObject({ mimeType: 'text/markdown', text: /./ });
    await expect(client.readResource({ uri: 'doc://presets/NoBot' })).rejects.toThrow();
    await client.close();
  });

  test('an address of the documentation in a schema or a tool can be opened', async () => {
    const { token } = await rest(server, 'opener');
    const client = await modernClient(server.url, token);

    const { tools } = await client.listTools();
    await client.close();
    const openapi = await (await fetch(`${server.url}/openapi.json`)).text();
    const said = JSON.stringify(tools) + openapi;
    const addresses = new Set([...said.matchAll(/http:\/\/127\.0\.0\.1:\d+\/docs\/[a-z-]+/gi)].map(([url]) => url));

    expect(addresses.size).toBeGreaterThan(0);
    for (const url of addresses) expect([url, (await fetch(url)).status]).toEqual([url, 200]);
    expect(said).not.toMatch(/[\s(]\/?docs\/[a-z]/);
  });
});
