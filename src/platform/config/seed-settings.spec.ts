import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.js';
import { readSeedSettings } from './seed-settings.js';

const configOf = (env: Record<string, string>) => readConfig(env, 'no such file');

describe('Settings of MCP Multiplayer', () => {
  test('with the same meaning as one of ours are used, with a notice', () => {
    const { port, host, publicUrl, authMode, notices } = configOf({
      PROXY_PORT: '9200',
      PROXY_HOST: '0.0.0.0',
      DOMAIN: 'parley.example',
    });

    expect([port, host, publicUrl, authMode]).toEqual([9200, '0.0.0.0', 'https://parley.example', 'accounts']);
    expect(notices).toEqual([
      'PROXY_HOST is read as HOST=0.0.0.0.',
      'PROXY_PORT is read as PORT=9200.',
      'DOMAIN is read as PUBLIC_URL=https://parley.example.',
    ]);
  });

  test('do not override ours', () => {
    const { port, notices } = configOf({ PORT: '8101', PROXY_PORT: '9200' });

    expect([port, notices]).toEqual([8101, ['PROXY_PORT is not used, because PORT is set.']]);
  });

  test.each(['MCP_HOST', 'MCP_PORT', 'SSL_CERT_PATH', 'SSL_KEY_PATH'])('%s is reported as unused', (name) => {
    expect(configOf({ [name]: '1' }).notices).toEqual([expect.stringContaining(`${name} is not used: `)]);
  });

  test.each([
    ['true', 1],
    ['false', 0],
  ])('USE_SSL=%s', (value, named) => expect(configOf({ USE_SSL: value }).notices).toHaveLength(named));

  test.each(['localhost', '127.0.0.1', '', ' '])('DOMAIN=%j means this machine', (value) => {
    expect(readSeedSettings({ DOMAIN: value })).toEqual({ as: {}, notices: [] });
  });

  test.each([
    ['PROXY_PORT', 'x'],
    ['DOMAIN', 'a domain'],
    ['DOMAIN', 'https://parley.example'],
  ])('%s=%s prevents the start, and the error names this setting', (name, value) => {
    expect(() => configOf({ [name]: value })).toThrow(`${name}=${value} `);
  });
});
