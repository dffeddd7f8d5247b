import { expect, test } from '@jest/globals';
import { relyingPartyAt } from './relying-party.js';

test.each([
  ['https://parley.example', 'parley.example'],
  ['http://localhost:8100', 'localhost'],
  ['http://127.0.0.1:8100', undefined],
  ['http://[::1]:8100', undefined],
])('At %s passkeys are for %s', (origin, id) => expect(relyingPartyAt(origin)?.id).toBe(id));
