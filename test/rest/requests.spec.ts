import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startServer } from '../support/server.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const send = (body: string, path: string) =>
  fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('A body', () => {
  test.each([
    ['that is no JSON', '{"name":', 400, 'INVALID_REQUEST'],
    ['that is nested too deeply', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'INVALID_REQUEST'],
    ['that is too large', `{"a":"${'x'.repeat(1_100_000)}"}`, 413, 'BODY_TOO_LARGE'],
  ])('%s is refused as a problem', async (_, body, status, code) => {
    const response = await send(body, '/no_such_operation');

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code, status, type: `/docs#${code}` });
  });
});

test('too large is told how large it may be', async () => {
  const response = await send(`{"a":"${'x'.repeat(1_100_000)}"}`, '/no_such_operation');

  expect(await response.json()).toMatchObject({ limit: 1_048_576 });
});

describe('An address', () => {
  test('where nothing is gets a problem', async () => {
    const response = await fetch(`${server.url}/no_such_operation`);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of a reading operation takes no POST', async () => {
    expect((await send('{}', '/health_check')).status).toBe(404);
  });

  test('with a field that nobody knows says which', async () => {
    const response = await fetch(`${server.url}/health_check?no_such_field=1`);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: 'unknown field no_such_field' });
  });
});
