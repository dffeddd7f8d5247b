import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import express from 'express';
import { readCookie, setCookie } from './cookie.js';

const secret = `pws_${'a'.repeat(43)}`;
const HTTPS = 'https://parley.example';
const HTTP = 'http://127.0.0.1:8100';

test('The cookie is found among others', () => {
  expect(readCookie(`a=b; __Host-parley=${secret}; c=d`, HTTPS)).toBe(secret);
  expect(readCookie(`parley=${secret}`, HTTP)).toBe(secret);
});

test.each<[string, string | undefined, string]>([
  ['nothing', undefined, HTTPS],
  ['the plain name over https, which another subdomain can set', `parley=${secret}`, HTTPS],
  ['one beside another', `parley=${secret}; parley=pws_${'b'.repeat(43)}`, HTTP],
  ['what is no secret of ours', 'parley=x', HTTP],
  ['another name that ends so', `xparley=${secret}`, HTTP],
])('%s counts as no cookie', (_, header, url) => expect(readCookie(header, url)).toBeUndefined());

test.each([
  [HTTPS, `__Host-parley=${secret}; Max-Age=60; Path=/; Expires=x; HttpOnly; Secure; SameSite=Lax`],
  [HTTP, `parley=${secret}; Max-Age=60; Path=/; Expires=x; HttpOnly; SameSite=Lax`],
])('At %s the cookie is %s', async (url, cookie) => {
  const server = express()
    .get('/', (_, response) => {
      setCookie(response, secret, url, 60_000);
      response.end();
    })
    .listen(0, '127.0.0.1');
  await once(server, 'listening');

  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  server.close();

  expect(headers.getSetCookie().map((line) => line.replace(/Expires=[^;]+/, 'Expires=x'))).toEqual([cookie]);
});
