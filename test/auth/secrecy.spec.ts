import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { basic, bearer, signIn, token } from '../support/oauth.js';
import { startServer } from '../support/server.js';
import { everythingStored } from '../support/stored.js';
import { approved, CONFIDENTIAL, tokensOf } from './sign-in-steps.js';

test('no secret is in the database, in a file or in the log', async () => {
  await using server = await startServer({ LOG_LEVEL: 'debug' });
  const alice = await signIn(server.url, 'alice');
  const { client, form, code, verifier } = await approved(server.url, CONFIDENTIAL);
  const bob = await tokensOf(await token(server.url, form, basic(client)));
  await fetch(`${server.url}/list_channels?access_token=${bob.access_token}`, { headers: bearer(bob) });
  await fetch(`${server.url}/${bob.refresh_token}`);
  await fetch(`${server.url}/token`, { method: 'POST', body: `{"${code}` });

  const secrets = [alice, bob].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]);
  secrets.push(code, verifier, client.client_secret ?? '');
  const kept = `${everythingStored(server.dataDir)}\n${server.log()}\n${filesOf(server.dataDir)}`;

  expect(everythingStored(server.dataDir)).toContain(client.client_id);
  expect(server.log()).toContain('/list_channels');
  expect(secrets).toHaveLength(7);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(42);
    expect(kept.includes(secret)).toBe(false);
    expect(kept.includes(secret.slice(4))).toBe(false);
  }
});

const filesOf = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
