import { describe, expect, test } from '@jest/globals';
import { Paces } from './paces.js';

const SLICES = [100, 500];
const bot = (name: string) => ({ channel_id: `chn_${name}`, bot_id: 'bot_1' });

/** Simulates a hook of `ms` milliseconds and returns the steps at which it was tried. */
function run(paces: Paces, account: string, name: string, ms: number): number[] {
  const tried: number[] = [];
  for (let step = paces.stepOf(account, bot(name)); ; step++) {
    tried.push(step);
    const slice = SLICES[step];
    if (slice === undefined || ms < slice) break;
    paces.overran(account, bot(name), step);
  }
  paces.ended(account, bot(name), ms);
  return tried;
}
const runs = (paces: Paces, account: string, name: string, ...times: number[]) =>
  times.map((ms) => run(paces, account, name, ms).join('-'));

describe('The step at which a hook is tried first', () => {
  test('is the first one for bots that are quick', () => {
    expect(runs(new Paces(SLICES), 'alice', 'a', 3, 20, 99, 3)).toEqual(['0', '0', '0', '0']);
  });

  test('is the one that the bot needed before', () => {
    const paces = new Paces(SLICES);

    expect(runs(paces, 'm', 'endless', 5_000, 5_000, 5_000)).toEqual(['0-1-2', '2', '2']);
    expect(runs(paces, 'n', 'middling', 400, 400, 400)).toEqual(['0-1', '1', '1']);
  });

  test('is an earlier one after five quick runs in a row', () => {
    const paces = new Paces(SLICES);

    expect(runs(paces, 'm', 'a', 400, 3, 3, 3, 3, 3, 3)).toEqual(['0-1', '1', '1', '1', '1', '1', '0']);
    expect(runs(paces, 'm', 'a', 400, 3, 3, 400, 3, 3, 3)).toEqual(['0-1', '1', '1', '1', '1', '1', '1']);
  });

  test('is the first one only once for an account that attaches one endless bot after another', () => {
    const paces = new Paces(SLICES);

    const tried = Array.from({ length: 20 }, (_, n) => run(paces, 'm', `new${n}`, 5_000)[0]);

    expect(tried.filter((step) => step === 0)).toHaveLength(1);
    expect(run(paces, 'alice', 'a', 3)).toEqual([0]);
  });

  test('is determined by the bot itself after its first run, not by other bots of the account', () => {
    const paces = new Paces(SLICES);
    run(paces, 'm', 'good', 3);

    run(paces, 'm', 'endless', 5_000);

    expect(run(paces, 'm', 'good', 3)).toEqual([0]);
    expect(run(paces, 'm', 'unknown', 3)).toEqual([1]);
  });

  test('is forgotten with the bot, and the number of stored bots is limited', () => {
    const paces = new Paces(SLICES, 2);
    for (const name of ['a', 'b', 'c']) run(paces, name, name, 5_000);

    expect(['a', 'b', 'c'].map((name) => paces.stepOf('other', bot(name)))).toEqual([0, 2, 2]);

    paces.forget(bot('c'));

    expect(paces.stepOf('other', bot('c'))).toBe(0);
    expect(paces.stepOf('c', bot('c'))).toBe(1);
  });
});
