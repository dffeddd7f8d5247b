import { expect, test } from '@jest/globals';
import { readSlot } from './slot-spec.js';

test.each([
  ['bot:referee', { kind: 'bot', label: 'referee' }],
  ['invite:alice', { kind: 'invite', label: 'alice' }],
  ['observe:the gallery', { kind: 'observe', label: 'the gallery' }],
  ['invite', { kind: 'invite', label: 'invite_3' }],
  ['invite:Zoë 猫_1.-', { kind: 'invite', label: 'Zoë 猫_1.-' }],
])('%p is valid', (text, slot) => expect(readSlot(text, 3)).toEqual(slot));

test.each([
  '',
  'robot:z',
  'Invite:a',
  ' invite:a',
  ':a',
  'invite:',
  'invite:a:b',
  'invite: a',
  'invite:a\n',
  'bot:<b>',
])('%p is refused, and the error names its position', (text) =>
  expect(() => readSlot(text, 3)).toThrow(/INVALID_REQUEST: .*slot 4/),
);
