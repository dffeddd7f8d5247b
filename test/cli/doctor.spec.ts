import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { type RunningServer, startServer } from '../support/server.js';
import { type Answer, type Break, type BreakingProxy, startBreakingProxy } from './breaking-proxy.js';
import { Terminal } from './terminal.js';

let proxy: BreakingProxy;
let server: RunningServer;
let terminal: Terminal;
beforeAll(async () => {
  proxy = await startBreakingProxy();
  const port = await freePort();
  server = await startServer({ PUBLIC_URL: proxy.url, PORT: String(port) });
  proxy.target = `http://127.0.0.1:${port}`;
  terminal = new Terminal(proxy);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  terminal[Symbol.dispose]();
});
beforeEach(() => {
  proxy.break = undefined;
});

const ISSUER = '/.well-known/oauth-authorization-server';
const RESOURCE = '/.well-known/oauth-protected-resource/mcp';

/** Breaks the answers at one path. */
const at =
  (path: string, change: (answer: Answer, authorization?: string) => void | Promise<void>): Break =>
  (answer, { url = '', headers }) =>
    url.split('?')[0] === path ? change(answer, headers.authorization) : undefined;

// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
const json = (change: (body: any) => void) => (answer: Answer) => {
  const body = JSON.parse(answer.body);
  change(body);
  answer.body = JSON.stringify(body);
};

const location = (change: (back: URL) => void) => (answer: Answer) => {
  const back = new URL(answer.headers.location ?? '');
  change(back);
  answer.headers.location = back.href;
};

const NEVER = () => new Promise<void>(() => {});

test('No problem is found with a healthy server, given with or without /mcp', async () => {
  for (const url of [`${proxy.url}/mcp`, proxy.url]) {
    const { exitCode, stdout } = await terminal.run(['doctor', url]);
    const asJson = await terminal.json('doctor', url);

    expect({ exitCode, last: stdout.trim().split('\n').at(-1) }).toEqual({
      exitCode: 0,
      last: 'No problem was found.',
    });
    expect(stdout.match(/✓/g)).toHaveLength(14);
    expect(asJson).toMatchObject({ ok: true, first_wrong: null });
  }
});

test('The doctor leaves no session behind', async () => {
  let token = '';
  proxy.break = at('/token', ({ body }) => {
    token = JSON.parse(body).access_token;
  });

  await terminal.json('doctor', `${proxy.url}/mcp`);

  const { status } = await fetch(`${proxy.url}/start_here`, { headers: { authorization: `Bearer ${token}` } });
  expect({ token, status }).toEqual({ token: expect.stringMatching(/^.{20,}$/), status: 401 });
});

describe('The first problem is named:', () => {
  test.each<[string, Break, string, string]>([
    [
      'a page instead of a server',
      at('/mcp', (answer) => {
        answer.status = 200;
        answer.headers['content-type'] = 'text/html';
        answer.body = '<html>';
      }),
      'Without a token',
      'answers with a web page instead of JSON',
    ],
    [
      'a redirect',
      at('/mcp', (answer) => {
        answer.status = 308;
        answer.headers.location = 'https://other.example/mcp';
      }),
      'Without a token',
      'redirects to https://other.example/mcp',
    ],
    [
      'a server that asks for no token',
      at('/mcp', (answer) => {
        answer.status = 200;
      }),
      'Without a token',
      'with 200 instead of 401',
    ],
    [
      'a 401 without its header',
      at('/mcp', ({ headers }) => {
        delete headers['www-authenticate'];
      }),
      'Without a token',
      'The 401 has no WWW-Authenticate header',
    ],
    [
      'a 401 that does not say where to go',
      at('/mcp', ({ headers }) => {
        headers['www-authenticate'] = 'Bearer realm="x"';
      }),
      'Without a token',
      'does not say where the metadata is',
    ],
    [
      'a 401 of another kind',
      at('/mcp', ({ headers }) => {
        headers['www-authenticate'] = 'Basic realm="x"';
      }),
      'Without a token',
      'instead of Bearer',
    ],
    [
      'a dead token that is not called one',
      at('/mcp', (answer, token) => {
        if (token) answer.status = 400;
      }),
      'Without a token',
      'so clients never refresh',
    ],
    [
      'metadata that is not there',
      at(RESOURCE, (answer) => {
        answer.status = 404;
      }),
      'Protected resource',
      'which answers with 404',
    ],
    [
      'metadata about another address',
      at(
        RESOURCE,
        json((body) => {
          body.resource = 'https://other.example/mcp';
        }),
      ),
      'Protected resource',
      'the metadata is for https://other.example/mcp',
    ],
    [
      'no authorization server',
      at(
        RESOURCE,
        json((body) => {
          body.authorization_servers = [];
        }),
      ),
      'Protected resource',
      'names no authorization server',
    ],
    [
      'an issuer with a slash too many',
      at(
        ISSUER,
        json((body) => {
          body.issuer += '/';
        }),
      ),
      'Authorization server',
      'but its own metadata says http://127.0.0.1',
    ],
    [
      'a web page where the metadata is',
      at(ISSUER, (answer) => {
        answer.body = '<html>hello</html>';
      }),
      'Authorization server',
      'a web page instead of JSON',
    ],
    [
      'no PKCE',
      at(
        ISSUER,
        json((body) => {
          delete body.code_challenge_methods_supported;
        }),
      ),
      'Authorization server',
      'PKCE with S256',
    ],
    [
      'no clients without a secret',
      at(
        ISSUER,
        json((body) => {
          body.token_endpoint_auth_methods_supported = ['client_secret_basic'];
        }),
      ),
      'Authorization server',
      'does not list "none"',
    ],
    [
      'no way to become a client',
      at(
        ISSUER,
        json((body) => {
          delete body.registration_endpoint;
          delete body.client_id_metadata_document_supported;
        }),
      ),
      'Authorization server',
      'No client can connect',
    ],
    [
      'endpoints without encryption',
      at(
        ISSUER,
        json((body) => {
          body.token_endpoint = 'http://parley.example/token';
        }),
      ),
      'Authorization server',
      'which is not an https address',
    ],
    [
      'a registration that is refused',
      at('/register', (answer) => {
        answer.status = 403;
      }),
      'Claude registers',
      'the registration endpoint answers with 403',
    ],
    [
      'an assistant whose redirect is refused',
      at('/oauth/authorize', (answer) => {
        answer.status = 400;
      }),
      'Sign-in of Claude',
      'answers Claude with 400',
    ],
    [
      'an answer without its state',
      at(
        '/oauth/authorize',
        location((back) => back.searchParams.delete('state')),
      ),
      'Sign-in of Claude',
      'without the state',
    ],
    [
      'an answer from somebody else',
      at(
        '/oauth/authorize',
        location((back) => back.searchParams.set('iss', 'https://mallory.example')),
      ),
      'Sign-in of Claude',
      'with the issuer https://mallory.example',
    ],
    [
      'a token that is not given',
      at('/token', (answer) => {
        answer.status = 400;
        answer.body = '{"error":"invalid_grant"}';
      }),
      'Token',
      'refuses the code: 400 (invalid_grant)',
    ],
    [
      'a token without a refresh token',
      at(
        '/token',
        json((body) => {
          delete body.refresh_token;
        }),
      ),
      'Token',
      'no refresh token',
    ],
    [
      'a token that opens nothing',
      at('/mcp', (answer, token) => {
        if (token) {
          answer.status = 401;
          answer.headers['www-authenticate'] =
            `Bearer error="invalid_token", resource_metadata="${proxy.url}${RESOURCE}"`;
        }
      }),
      'MCP before 2026-07-28',
      'refuses the token that it has just issued',
    ],
    [
      'a tool without a title',
      at('/mcp', (answer) => {
        answer.body = answer.body.replaceAll('"title":', '"heading":');
      }),
      'Tools',
      'has no title',
    ],
    [
      'a tool without hints',
      at('/mcp', (answer) => {
        answer.body = answer.body.replaceAll('readOnlyHint', 'someHint');
      }),
      'Tools',
      'does not set readOnlyHint',
    ],
  ])('%s', async (_, broken, step, sentence) => {
    proxy.break = broken;

    const { exitCode, json: report } = await terminal.run(['doctor', `${proxy.url}/mcp`, '--json']);

    expect(report.first_wrong).toEqual({
      step,
      sentence: expect.stringContaining(sentence),
      fix: expect.stringMatching(/\.$/),
    });
    expect({ exitCode, ok: report.ok }).toEqual({ exitCode: 1, ok: false });
    expect(report.steps.at(-1)).toMatchObject({ title: step, status: 'wrong' });
    expect(report.steps.slice(0, -1).every(({ status }: { status: string }) => status === 'ok')).toBe(true);
  });

  test('a registration that never answers', async () => {
    proxy.break = at('/register', NEVER);

    const { exitCode, stdout } = await terminal.run(['doctor', `${proxy.url}/mcp`, '--limit', '4000']);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${proxy.url}/register does not answer within 4 s. Claude gives up after ten seconds.`);
  });

  test.each([
    ['an address that is invalid', 'parley', 1, 'This is not an http address.'],
    ['an address without encryption', 'http://parley.example/mcp', 1, 'is not https'],
    ['an address with a password', 'https://a:b@parley.example', 1, 'a user name, a password or a fragment'],
    ['nobody at the address', 'http://127.0.0.1:9/mcp', 4, 'No server answers at http://127.0.0.1:9'],
  ])('%s', async (_, url, exitCode, sentence) => {
    const ended = await terminal.run(['doctor', url]);

    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stdout).toContain(sentence);
  });
});

describe('If a person has to approve', () => {
  const page = at('/oauth/authorize', (answer) => {
    answer.status = 200;
    answer.body = '<html>';
    delete answer.headers.location;
  });

  test('the doctor says how to check the rest', async () => {
    proxy.break = page;

    const { exitCode, stdout } = await terminal.run(['doctor', `${proxy.url}/mcp`]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Run parley login ${proxy.url} and then this command again`);
    expect(stdout).toContain('No problem was found in the checks that could run.');
  });

  test('the doctor continues as the signed-in user', async () => {
    await terminal.json('login');
    proxy.break = page;

    const report = await terminal.json('doctor', `${proxy.url}/mcp`);

    expect(report).toMatchObject({
      ok: true,
      steps: expect.arrayContaining([expect.objectContaining({ title: 'Tools', status: 'ok' })]),
    });
  });
});

test('Text of the server cannot control the terminal', async () => {
  proxy.break = at(
    RESOURCE,
    json((body) => {
      body.resource = 'https://\x1b[2J\x9b31m/mcp';
    }),
  );

  const { stdout } = await terminal.run(['doctor', `${proxy.url}/mcp`]);

  expect(stdout).toContain('\\x1b[2J');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});
