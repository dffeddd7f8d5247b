import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { useServer } from '../support/use-server.js';

const CHROMIUM = '/usr/bin/chromium';
const isHere = existsSync(CHROMIUM) || Boolean(process.env.CI);
const server = useServer();

(isHere ? describe : describe.skip)('The page /verify in Chromium', () => {
  let chrome: Browser;
  let page: Page;
  const asked: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    chrome = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--no-first-run'] });
    const context = await chrome.newContext({ viewport: { width: 390, height: 844 } });
    page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${server.url}/verify`);
  });
  afterAll(() => chrome.close());

  const choose = async (name: string, buffer: Buffer) => {
    await page.setInputFiles('#file', { name, mimeType: 'application/gzip', buffer });
    await page.waitForSelector('.verdict');
    return page.innerText('#result');
  };

  test('says what is wrong with a file that is none', async () => {
    expect(await choose('nothing.gz', Buffer.from('nothing'))).toMatch(/^INVALID: /);
    expect(complaints).toEqual([]);
  });
});
