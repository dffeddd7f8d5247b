import { describe, expect, test } from '@jest/globals';
import { readClientMetadata } from './client-metadata.js';

const KEY = { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' };
const redirect_uris = ['https://app.example/cb'];

describe('The metadata of a client', () => {
  test('may be empty: the client gets a secret and may use client_credentials', () => {
    expect(readClientMetadata({})).toEqual({
      name: '',
      authMethod: 'client_secret_basic',
      redirectUris: [],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      jwks: null,
      jwksUri: null,
    });
  });

  test('may have no redirect URI if the client may use client_credentials', () => {
    const grant_types = ['authorization_code', 'client_credentials'];
    expect(readClientMetadata({ grant_types }).redirectUris).toEqual([]);
    expect(() => readClientMetadata({ grant_types: ['authorization_code'] })).toThrow();
  });

  test('may name no grants: the client may use all', () => {
    expect(readClientMetadata({ redirect_uris }).grantTypes).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ]);
    expect(readClientMetadata({ redirect_uris, token_endpoint_auth_method: 'none' }).grantTypes).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
  });

  test('lose the invisible characters of the name', () => {
    const client_name = 'De\u200bsk\ufe0f\u3164 app\u{e0041}';
    expect(readClientMetadata({ redirect_uris, client_name }).name).toBe('Desk app');
  });

  test('lose unknown grants, and no grants are added', () => {
    const grant_types = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];
    expect(readClientMetadata({ redirect_uris, grant_types }).grantTypes).toEqual(['authorization_code']);
  });
});

describe('Invalid metadata', () => {
  test.each([
    ['a list', []],
    ['text', 'x'],
    ['nothing', undefined],
    ['an unknown way to authenticate', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['signing without a key', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['keys in two places', { jwks: { keys: [KEY] }, jwks_uri: 'https://app.example/keys' }],
    ['keys that are none', { jwks: { keys: [] } }],
    ['a private key', { jwks: { keys: [{ ...KEY, d: 'AQ' }] } }],
    ['a shared key', { jwks: { keys: [{ kty: 'oct', k: 'AQ' }] } }],
    ['eleven keys', { jwks: { keys: Array(11).fill(KEY) } }],
    ['a huge key', { jwks: { keys: [{ ...KEY, kid: 'a'.repeat(12_000) }] } }],
    ['keys at a plain address', { jwks_uri: 'http://app.example/keys' }],
    ['only grants we do not have', { grant_types: ['implicit'] }],
    ['grants that are no list', { grant_types: 'authorization_code' }],
    [
      'a public client with client_credentials',
      {
        redirect_uris,
        token_endpoint_auth_method: 'none',
        grant_types: ['client_credentials'],
      },
    ],
    ['a name that is too long', { client_name: 'a'.repeat(121) }],
    ['a name that is no text', { client_name: { toString: 'x' } }],
    ['another response type', { response_types: ['token'] }],
  ])('%s', (_, metadata) => {
    expect(() => readClientMetadata(metadata)).toThrow('invalid_client_metadata');
  });

  test.each([
    ['a public client without a redirect', { token_endpoint_auth_method: 'none' }],
    ['the code grant without a redirect', { grant_types: ['authorization_code'] }],
    ['redirects that are no list', { redirect_uris: 'https://app.example/cb' }],
    ['more than ten', { redirect_uris: Array.from({ length: 11 }, (_, i) => `https://app.example/${i}`) }],
    [
      'long ones, too much together',
      { redirect_uris: [1, 2, 3].map((i) => `https://app.example/${i}${'a'.repeat(1_400)}`) },
    ],
    ['one bad among good', { redirect_uris: [...redirect_uris, 'javascript:alert(1)'] }],
  ])('%s', (_, metadata) => {
    expect(() => readClientMetadata(metadata)).toThrow('invalid_redirect_uri');
  });
});
