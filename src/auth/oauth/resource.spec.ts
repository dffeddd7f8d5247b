import { describe, expect, test } from '@jest/globals';
import { knownResource, spelledOrigin } from './resource.js';

const OWN = 'http://127.0.0.1:8100';

describe('A resource that is ours', () => {
  test.each([
    [OWN, OWN],
    [`${OWN}/`, OWN],
    [`${OWN}/mcp`, `${OWN}/mcp`],
    ['http://localhost:8100/mcp', `${OWN}/mcp`],
    ['http://[::1]:8100', OWN],
    [`${OWN}/mcp/`, `${OWN}/mcp`],
    [`${OWN}/mcp?tools=core,bots`, `${OWN}/mcp`],
    [`${OWN}/mcp/?tools=core`, `${OWN}/mcp`],
  ])('%s', (asked, known) => expect(knownResource(asked, OWN)).toBe(known));

  test('may be left out', () => expect(knownResource(undefined, OWN)).toBeNull());
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
])('%s is not ours', (asked) => expect(() => knownResource(asked, OWN)).toThrow('invalid_target'));

test('only a loopback name stands for another', () => {
  expect(spelledOrigin(OWN, 'http://localhost:8100')).toBe('http://localhost:8100');
  expect(spelledOrigin(OWN, 'http://evil.example:8100')).toBe(OWN);
  expect(spelledOrigin('https://parley.example', 'http://localhost')).toBe('https://parley.example');
});
