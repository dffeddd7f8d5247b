import { expect, test } from '@jest/globals';
import { lenientMessage } from './lenient-message.js';

test('a complete initialize request is not changed', () => {
  const params = {
    protocolVersion: '2024-11-05',
    capabilities: { roots: {} },
    clientInfo: { name: 'a', version: '1' },
  };

  expect(lenientMessage({ jsonrpc: '2.0', id: 1, method: 'initialize', params })).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params,
  });
});

test('an initialize request without a name gets one', () => {
  const { params } = lenientMessage({ method: 'initialize', params: { protocolVersion: '2025-06-18' } }) as {
    params: object;
  };

  expect(params).toEqual({
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'unknown', version: 'unknown' },
  });
});

test('params of null are removed, also in a batch', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

  expect(lenientMessage([{ ...ping, params: null }])).toEqual([ping]);
});

test.each([undefined, null, 5, 'ping', []])('%j is not changed', (body) => {
  expect(lenientMessage(body)).toEqual(body);
});

test.each([
  [null, {}],
  ['', {}],
  ['null', {}],
  ['{"channel_id":"chn_1"}', { channel_id: 'chn_1' }],
  ['no JSON', 'no JSON'],
  ['[1]', '[1]'],
  [{ a: '{}' }, { a: '{}' }],
])('the arguments of a tool may be %j', (given, read) => {
  const call = (args: unknown) => ({ id: 1, method: 'tools/call', params: { name: 'who', arguments: args } });

  expect(lenientMessage(call(given))).toEqual(call(read));
});
