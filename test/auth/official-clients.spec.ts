import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  auth as auth2,
  Client as Client2,
  StreamableHTTPClientTransport as Transport2,
} from '@modelcontextprotocol/client';
import { auth as auth1 } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Assistant } from '../support/assistant.js';
import { bearer } from '../support/oauth.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf, stored } from '../support/stored.js';
import { TlsFixture } from '../support/tls-fixture.js';

let site: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  site = await TlsFixture.start(['app.test']);
  server = await startServer({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

interface Callback {
  serverUrl: string;
  authorizationCode?: string;
  iss?: string;
}
const LINES = [
  ['2', (assistant: Assistant, options: Callback) => auth2(assistant, options)],
  ['1', (assistant: Assistant, options: Callback) => auth1(assistant as never, options)],
] as const;

describe.each(LINES)('The official client, line %s', (_, auth) => {
  test.each(['none', 'client_secret_basic', 'client_secret_post'])('signs in and refreshes with %s', async (method) => {
    const assistant = new Assistant(method);
    const serverUrl = `${server.url}/mcp`;

    expect(await auth(assistant, { serverUrl })).toBe('REDIRECT');
    const authorizationCode = assistant.back.get('code') ?? '';
    const iss = assistant.back.get('iss') ?? '';
    expect(await auth(assistant, { serverUrl, authorizationCode, iss })).toBe('AUTHORIZED');
    const first = assistant.token;
    expect(await auth(assistant, { serverUrl })).toBe('AUTHORIZED');
    const second = assistant.token;

    expect(second.access_token).not.toBe(first.access_token);
    expect((await fetch(`${server.url}/list_channels`, { headers: bearer(second) })).status).toBe(200);
    const [a, b] = [first, second].map(({ access_token }) => callerOf(server.dataDir, access_token));
    expect(b).toMatchObject({ session_id: a?.session_id, name: 'Official', resource: serverUrl });
  });

  test('signs in by its metadata document, and again after the server has lost it', async () => {
    const client_id = 'https://app.test/official.json';
    const redirect_uris = ['http://localhost/callback'];
    site.pages.set('/official.json', { body: { client_id, redirect_uris, client_name: 'By its document' } });
    const assistant = Object.assign(new Assistant('none'), { clientMetadataUrl: client_id });
    const serverUrl = `${server.url}/mcp`;
    const signIn = async () => {
      expect(await auth(assistant, { serverUrl })).toBe('REDIRECT');
      const authorizationCode = assistant.back.get('code') ?? '';
      expect(await auth(assistant, { serverUrl, authorizationCode, iss: server.url })).toBe('AUTHORIZED');
      return callerOf(server.dataDir, assistant.token.access_token);
    };

    const first = await signIn();
    stored(
      server.dataDir,
      (database) => database.prepare("DELETE FROM oauth_client WHERE id LIKE 'doc%'").run(),
      false,
    );
    const second = await signIn();

    expect(first).toMatchObject({ name: 'By its document', resource: serverUrl });
    expect(second?.client_id).toBe(first?.client_id);
    expect(assistant.clientInformation()?.client_id).toBe(client_id);
  });

  test('signs in at localhost too', async () => {
    const assistant = new Assistant('none');
    const serverUrl = `${server.url.replace('127.0.0.1', 'localhost')}/mcp`;

    await auth(assistant, { serverUrl });
    const authorizationCode = assistant.back.get('code') ?? '';

    expect(await auth(assistant, { serverUrl, authorizationCode, iss: server.url })).toBe('AUTHORIZED');
  });

  const signedIn = async () => {
    const assistant = new Assistant('none');
    const serverUrl = `${server.url}/mcp`;
    await auth(assistant, { serverUrl });
    const authorizationCode = assistant.back.get('code') ?? '';
    await auth(assistant, { serverUrl, authorizationCode, iss: server.url });
    return assistant;
  };

  test('authorizes again when its refresh token is invalid', async () => {
    const assistant = await signedIn();
    assistant.saveTokens({ ...assistant.token, refresh_token: 'prt_dead' });

    expect(await auth(assistant, { serverUrl: `${server.url}/mcp` })).toBe('REDIRECT');
    expect(assistant.back.has('code')).toBe(true);
  });

  test('registers again when the server has lost its registration', async () => {
    const assistant = await signedIn();
    assistant.saveClientInformation({ ...assistant.clientInformation(), client_id: 'cli_forgotten' });

    expect(await auth(assistant, { serverUrl: `${server.url}/mcp` })).toBe('REDIRECT');
    expect(assistant.clientInformation()?.client_id).not.toBe('cli_forgotten');
    expect(assistant.back.has('code')).toBe(true);
  });
});

/** Connects as an application does: refused, sent to the browser, back with a code, connected. */
async function toolsThrough(
  connect: (assistant: Assistant) => [() => Promise<unknown>, (back: URLSearchParams) => Promise<void>],
) {
  const assistant = new Assistant('none');
  const [first, finish] = connect(assistant);
  await expect(first()).rejects.toThrow(/unauthorized/i);
  await finish(assistant.back);
  const [again] = connect(assistant);
  return again();
}

describe.each(['127.0.0.1', 'localhost'])('The MCP endpoint at %s, for a new client', (host) => {
  const endpoint = () => new URL(`${server.url.replace('127.0.0.1', host)}/mcp`);

  test('line 2 can sign in', async () => {
    const tools = await toolsThrough((authProvider) => {
      const transport = new Transport2(endpoint(), { authProvider });
      const client = new Client2({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      const list = () =>
        client
          .connect(transport)
          .then(() => client.listTools())
          .finally(() => client.close());
      return [list, (back) => transport.finishAuth(back)];
    });

    expect(tools).toHaveProperty('tools');
  });

  test('line 1 can sign in', async () => {
    const tools = await toolsThrough((authProvider) => {
      const transport = new Transport1(endpoint(), { authProvider: authProvider as never });
      const client = new Client1({ name: 'test', version: '1' });
      const list = () =>
        client
          .connect(transport as never)
          .then(() => client.listTools())
          .finally(() => client.close());
      return [list, (back) => transport.finishAuth(back.get('code') ?? '')];
    });

    expect(tools).toHaveProperty('tools');
  });
});
