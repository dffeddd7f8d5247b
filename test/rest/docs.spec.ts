import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { IsString } from 'class-validator';
import { ERRORS } from '../../src/kernel/errors.js';
import { Operation } from '../../src/kernel/operation.js';
import { Describe } from '../../src/kernel/schema.js';
import { startSmallApp } from '../support/small-app.js';
import { useServer } from '../support/use-server.js';

const server = useServer();
let page: string;
let headers: Headers;
beforeAll(async () => {
  const response = await fetch(`${server.url}/docs`);
  page = await response.text();
  headers = response.headers;
});

describe('The page', () => {
  test('can be read by everyone, without a token', () => {
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page).toContain(`<code>${server.url}/mcp</code>`);
  });

  test('has an anchor for every operation and every error', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };

    for (const path of Object.keys(paths)) expect(page).toContain(path);
    for (const code of Object.keys(ERRORS)) expect(page).toContain(`<tr id="${code}">`);
  });

  test('runs no script and loads nothing: its policy allows only its own style', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');

    expect(headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/<script|\sstyle=|\son[a-z]+=|<img|<link/);
  });
});

test('the description of an operation is text on the page, whatever it contains', async () => {
  class Odd {
    @Describe('Quotes " and \' and <b>tags</b> & more.') @IsString() text!: string;
  }
  @Controller()
  class OddController {
    @Operation({
      name: 'say_oddly',
      title: '<script>alert(1)</script>',
      summary: 'Says <img src=x onerror=alert(1)> and goes on.',
      input: Odd,
      output: Odd,
      errors: [],
    })
    say({ text }: Odd) {
      return { text };
    }
  }
  await using app = await startSmallApp(OddController);

  const text = await (await fetch(`${app.url}/docs`)).text();

  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).toContain('Quotes &quot; and &#39; and &lt;b&gt;tags&lt;/b&gt; &amp; more.');
  expect(text).not.toMatch(/<script|<img|<b>/);
});

describe('The bare origin', () => {
  test.each([
    ['a program', 'application/json', 200],
    ['a browser', 'text/html', 302],
  ])('gives %s links to the documentation', async (_, accept, status) => {
    const response = await fetch(server.url, { headers: { accept }, redirect: 'manual' });

    expect(response.status).toBe(status);
    expect(response.headers.get('location') ?? (await response.text())).toContain('/docs');
  });

  test('answers DELETE with a 404', async () => {
    expect((await fetch(server.url, { method: 'DELETE' })).status).toBe(404);
  });
});
