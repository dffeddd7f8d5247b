import { expect, test } from '@jest/globals';
import { lenientMessage } from './lenient-message.js';

test('an introduction that is complete is not touched', () => {
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

test('an introduction without a name gets one', () => {
  const { params } = lenientMessage({ method: 'initialize', params: { protocolVersion: '2025-06-18' } }) as {
    params: object;
  };

  expect(params).toEqual({
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'unknown', version: 'unknown' },
  });
});

test('null is no params, in a batch as well', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

  expect(lenientMessage([{ ...ping, params: null }])).toEqual([ping]);
});

test.each([undefined, null, 5, 'ping', []])('%j passes as it is', (body) => {
  expect(lenientMessage(body)).toEqual(body);
});
