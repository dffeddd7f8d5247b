import { expect, test } from '@jest/globals';
import { readSlot } from '../../channels/slot-spec.js';
import { placeBots } from './bot-places.js';
import type { PreparedBot } from './bot-preparation.js';

const specs = ['invite:a', 'bot:x', 'bot:y', 'bot:z'].map(readSlot);
const bot = (preset: string, slot?: string) => ({ preset, slot }) as PreparedBot;
const placed = (...bots: PreparedBot[]) => placeBots(specs, bots).map(([index, { preset }]) => `${preset}@${index}`);

test.each([
  [[bot('A')], ['A@1']],
  [
    [bot('A'), bot('B')],
    ['A@1', 'B@2'],
  ],
  [
    [bot('A'), bot('B', 'x')],
    ['B@1', 'A@2'],
  ],
  [
    [bot('A', 's3'), bot('B', 'bot:y'), bot('C')],
    ['C@1', 'B@2', 'A@3'],
  ],
  [[], []],
])('%j get the slots %j', (bots, places) => expect(placed(...bots)).toEqual(places));

test.each([
  [[bot('A', 's0')], 'not a free bot slot'],
  [[bot('A', 'nowhere')], 'not a free bot slot'],
  [[bot('A', 'x'), bot('B', 's1')], 'not a free bot slot'],
  [[bot('A'), bot('B'), bot('C'), bot('D')], 'more bots than free bot slots'],
])('%j cannot be placed', (bots, why) => expect(() => placed(...bots)).toThrow(why));
