import { expect, test } from '@jest/globals';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import { Entry } from './entry.entity.js';
import { NextEntryWait } from './next-entry-wait.js';
import { Tail } from './tail.js';
import { Viewer } from './viewer.js';

const said = (seq: number, more: Partial<Entry> = {}) =>
  Object.assign(new Entry(), { seq, kind: 'user', from: 's0', to: null, hidden: false, revealed: false, ...more });
const bob = new Viewer({ seat: { slotId: 's1', sinceSeq: 3 } } as unknown as ChannelStanding);
const waitAt = (tail: Tail, callerGone = new AbortController().signal) => new NextEntryWait(tail, 'chn_1', callerGone);

test('a wait is removed when its caller disconnects', async () => {
  const tail = new Tail();
  const gone = new AbortController();
  const news = waitAt(tail, gone.signal);
  const arrived = news.within(60_000, bob, 0);
  expect(tail.waiting).toBe(1);

  gone.abort();

  await arrived;
  news.stop();
  expect(tail.waiting).toBe(0);
});

test('a waiting call is answered when the server stops', async () => {
  const tail = new Tail();
  const news = waitAt(tail);
  const arrived = news.within(60_000, bob, 0);

  tail.onModuleDestroy();

  await arrived;
  news.stop();
  expect(tail.waiting).toBe(0);
});

test('an entry between reading and waiting is not missed', async () => {
  const tail = new Tail();
  const news = waitAt(tail);
  tail.wake('chn_1', said(5));

  await news.within(60_000, bob, 4);
  news.stop();
});

test.each([
  ['to another seat', { kind: 'private', to: 's2' }],
  ['a receipt', { kind: 'receipt' }],
  ['from before its holder came', { seq: 3, kind: 'private', to: 's1' }],
] as const)('a hidden entry %s does not wake a waiting call', async (_case, more) => {
  const tail = new Tail();
  const news = waitAt(tail);
  const order: string[] = [];
  const arrived = news.within(60_000, bob, 0).then(() => order.push('woken'));

  tail.wake('chn_1', said(3, { hidden: true, ...more }));
  await Promise.resolve();
  order.push('not yet');
  tail.wake('chn_1', said(6, { hidden: true, kind: 'private', to: 's1' }));

  await arrived;
  news.stop();
  expect(order).toEqual(['not yet', 'woken']);
});
