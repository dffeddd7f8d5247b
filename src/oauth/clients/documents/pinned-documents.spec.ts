import { describe, expect, test } from '@jest/globals';
import { readClientDocument } from './client-document.js';
import { documentUrl } from './document-url.js';
import { documentFor, PINNED_DOCUMENTS } from './pinned-documents.js';

const named = (address: string) => documentFor(address, PINNED_DOCUMENTS);

test.each(PINNED_DOCUMENTS.map(({ client_id }) => client_id.replace('{callback_id}', 'cb_1-x')))(
  '%s is a valid document',
  (address) => {
    const url = documentUrl(address) as URL;

    expect(readClientDocument(named(address), url)).toMatchObject({
      authMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token'],
    });
  },
);

describe('The part that ChatGPT chooses', () => {
  test('is the same in the address and in the redirect URI', () => {
    expect(named('https://chatgpt.com/oauth/cb_1/client.json')).toMatchObject({
      client_id: 'https://chatgpt.com/oauth/cb_1/client.json',
      redirect_uris: ['https://chatgpt.com/connector/oauth/cb_1'],
    });
  });

  test.each(['', 'a/b', '..', 'a%2fb', 'a"b', '{callback_id}', 'a'.repeat(129)])('cannot be %j', (chosen) => {
    expect(named(`https://chatgpt.com/oauth/${chosen}/client.json`)).toBeUndefined();
  });
});

test('Other URLs have no pinned document', () => {
  for (const address of [
    'https://claude.ai/oauth/other',
    'https://claude.ai.evil.example/oauth/mcp-oauth-client-metadata',
    'https://chatgpt.com/oauth/client.jsonx',
  ]) {
    expect(named(address)).toBeUndefined();
  }
});
