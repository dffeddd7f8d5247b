import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { leafHashOf } from '../../src/proofs/tree/merkle.js';
import { openAdmin } from '../support/admin.js';
import { openedNote, provenBy, publishedLog } from '../support/checkpoints.js';
import { DOORS, type Person } from '../support/doors.js';
import { openRoom } from '../support/rooms.js';
import { startServer } from '../support/server.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];
const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { type: 'echo', n: this.ctx.random(6) }); }
}`;
const GUESS = { bot_preset: 'GuessBot', bot_params: { range: [1, 1] } };

test('The log of the server tells everyone what was decided about code, and how rounds of contests ended', async () => {
  await using server = await startServer();
  await using admin = await openAdmin(server, door);
  await using contest = await openRoom(server, door, { ...GUESS, distinct_members: true });
  await using game = await openRoom(server, door, GUESS);
  await using echo = await openRoom(server, door, {
    bots: [{ name: 'Echo', inline_code: ECHO }],
    distinct_members: true,
  });
  const [{ code_hash }] = (await echo.bob.call('who', { channel_id: echo.id })).bots;

  for (const { alice, id } of [contest, game]) await alice.call('post_message', { channel_id: id, body: 'guess 1' });
  await echo.alice.call('post_message', { channel_id: echo.id, body: 'draw' });
  await admin.call('decide_bot_code', { hash: code_hash, decision: 'block', reason_code: 'malicious', note: 'no' });

  const leaves = await publicLeaves(server, contest.mallory);
  const ofContest = (id: string) => leaves.filter(({ ch_hash }) => ch_hash === hashOf(id)).map(({ event }) => event);
  expect(ofContest(contest.id)).toEqual(['begun', 'finished']);
  expect(ofContest(game.id)).toEqual([]);
  expect(leaves.filter(({ ch_hash }) => ch_hash === hashOf(echo.id))).toMatchObject([
    { type: 'contest', event: 'begun', round: 1 },
    { type: 'contest', event: 'voided', cause: 'decision', round: 1 },
  ]);
  expect(leaves.filter(({ type }) => type === 'decision')).toMatchObject([
    { code_hash, verdict: 'block', reason: 'malicious' },
  ]);
  expect(JSON.stringify(leaves)).not.toContain(contest.id);
});

/** The leaves of the log of the server that a stranger may read, each proven to the newest checkpoint. */
async function publicLeaves(server: { readonly url: string }, stranger: Person) {
  const { keys } = await publishedLog(server);
  // Whatever waits has its place within a second; a checkpoint of a channel brings it there at once.
  const { channel_id } = await stranger.call('create_channel', { name: 'Empty', slots: ['invite:a'] });
  await stranger.call('get_checkpoint', { channel_id });
  const { size } = openedNote((await stranger.call('get_checkpoint')).checkpoint, keys);
  const leaves: Record<string, unknown>[] = [];
  for (let index = 0; index < size; index++) {
    const { leaf, leaf_hash, tlog_proof } = await stranger.call('get_proof', { index, size });
    expect(provenBy(tlog_proof, Buffer.from(leaf_hash, 'base64'), keys).isProven).toBe(true);
    if (leaf) expect(leafHashOf(leaf).toString('base64')).toBe(leaf_hash);
    if (leaf) leaves.push(JSON.parse(leaf));
  }
  return leaves;
}

const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
