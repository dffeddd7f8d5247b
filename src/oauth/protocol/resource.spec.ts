import { describe, expect, test } from '@jest/globals';
import { knownResource } from './resource.js';

const OWN = 'http://127.0.0.1:8100';

describe('A resource of this server', () => {
  test.each([
    [OWN, OWN],
    [`${OWN}/`, OWN],
    [`${OWN}/mcp`, `${OWN}/mcp`],
    ['http://localhost:8100/mcp', `${OWN}/mcp`],
    ['http://[::1]:8100', OWN],
    [`${OWN}/mcp/`, `${OWN}/mcp`],
    [`${OWN}/mcp?tools=core,bots`, `${OWN}/mcp`],
    [`${OWN}/mcp/?tools=core`, `${OWN}/mcp`],
    ['HTTP://127.0.0.1:8100/mcp', `${OWN}/mcp`],
    ['Http://LocalHost:8100/mcp/', `${OWN}/mcp`],
  ])('%s', (asked, known) => expect(knownResource(asked, OWN)).toBe(known));

  test('may be omitted', () => expect(knownResource(undefined, OWN)).toBeNull());
});

describe('A resource of a server with a public name', () => {
  const NAMED = 'https://parley.example';
  test.each([
    ['https://parley.example:443/mcp', `${NAMED}/mcp`],
    ['HTTPS://PARLEY.example', NAMED],
    ['https://Parley.Example:443/', NAMED],
    ['https://parley.example/mcp/', `${NAMED}/mcp`],
  ])('%s', (asked, known) => expect(knownResource(asked, NAMED)).toBe(known));

  test.each([
    'http://parley.example:443/mcp',
    'https://parley.example:8443/mcp',
    'https://parley.example./mcp',
    'https://parley.example/MCP',
    'https://parley.example/x/../mcp',
    'https://parley.example/./mcp',
    'https:parley.example/mcp',
    'https:/parley.example/mcp',
    'https://parley.example\\mcp',
    'https://parley%2eexample/mcp',
    ' https://parley.example/mcp',
    'https://parley.example/mcp#',
    'https://parley.example/m\tcp',
  ])('is not %j', (asked) => expect(() => knownResource(asked, NAMED)).toThrow('invalid_target'));
});

test.each([
  'http://127.0.0.1:8101/mcp',
  'https://127.0.0.1:8100/mcp',
  'http://127.0.0.1:8100/mcp/more',
  'http://127.0.0.1:8100/mcp2',
  'http://127.0.0.1:8100/mcp?x=1#y',
  'http://127.0.0.1:8100/mcp#y',
  'http://me@127.0.0.1:8100/mcp',
  'http://127.0.0.1:8100/?tools=core',
  'http://127.0.0.1:8100.evil.example/mcp',
  'http://evil.example:8100/mcp',
  '/mcp',
])('%s is not a resource of this server', (asked) => expect(() => knownResource(asked, OWN)).toThrow('invalid_target'));
