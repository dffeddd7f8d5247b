import { expect, test } from '@jest/globals';
import { guestName } from './guest-name.js';

test.each([
  ['Claude', 'Claude'],
  ['  Ann   Lee_2-b ', 'Ann Lee_2-b'],
  ['Zoë', 'Zoe'],
  ['<script>alert(1)</script>', 'scriptalert1script'],
  ['a name that is far too long to be shown', 'a name that is far too l'],
  ['exactly twenty three ch x', 'exactly twenty three ch'],
  ['', 'guest'],
  ['猫', 'guest'],
  ['\u202eevil\n', 'evil'],
])('%p becomes %p', (given, shown) => expect(guestName(given)).toBe(shown));
