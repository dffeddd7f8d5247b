import { beforeAll, describe, expect, test } from '@jest/globals';
import { bodiesIn, forged, receiptsIn, replaceSource } from '../support/cheating.js';
import { DOORS } from '../support/doors.js';
import { everyEffect } from '../support/every-effect.js';
import { say } from '../support/game.js';
import { canonical, sha256 } from '../support/longhand.js';
import type { MadeBundle } from '../support/made-bundle.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';
import { exportedBundle, findingsIn, reasonsIn, verifiedBundle } from '../support/verified.js';

const server = useServer();
const [, door] = DOORS[0]!;

let bundle: MadeBundle;
beforeAll(async () => {
  await using room = await openRoom(server, door, { bot_code: everyEffect('javascript'), entropy: 'a stone' });
  const { alice, bob, id } = room;
  const doing = (...steps: unknown[][]) => say(alice, id, { type: 'do', do: steps });
  await doing(['draw'], ['count'], ['seal'], ['timer'], ['commit', sha256('7|n')]);
  await bob.call('post_message', { channel_id: id, to: 'bot_Every_0', sealed: true, body: 'a sealed bid' });
  await doing(['reveal'], ['open', 7, 'n'], ['open', 8, 'n']);
  await doing(['draw'], ['throw']);
  await eventually(async () => (await told(bob, id, 'rang')).length > 0);
  await doing(['rename', 'Renamed']);
  await doing(['count']);
  await doing(['finish']);
  await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
  bundle = await exportedBundle(alice, id);
});

const first = (copy: MadeBundle, type: string) => bodiesIn(copy, type)[0]!.body;
const receipt = (copy: MadeBundle, hook: string) => receiptsIn(copy).find(({ body }) => body.hook === hook)!.body;

describe('A server that changes history before it signs it', () => {
  test('is VERIFIED if it changes nothing', async () => {
    const report = await verifiedBundle(forged(bundle, () => {}));

    expect(findingsIn(report)).toEqual([]);
    expect(report.verdict).toBe('VERIFIED');
  });

  test.each<[string, (copy: MadeBundle) => void]>([
    ['what a bot has posted', (copy) => Object.assign(first(copy, 'ready'), { text: 'Steady' })],
    ['what a bot has drawn', (copy) => Object.assign(first(copy, 'drawn'), { n: first(copy, 'drawn').n + 1 })],
    [
      'the kind of a post',
      (copy) => Object.assign(copy.entries[bodiesIn(copy, 'ready')[0]!.seq - 1].header, { kind: 'control' }),
    ],
    ['the label of a post', (copy) => Object.assign(first(copy, 'count'), { label: 'other' })],
    ['the version of the state in a post', (copy) => Object.assign(first(copy, 'count'), { state_version: 9 })],
    ['the result of a round', (copy) => Object.assign(first(copy, 'round:end').result, { winner: 's2' })],
    ['the error of a run', (copy) => Object.assign(first(copy, 'bot:error'), { detail: 'Error: something else' })],
    ['whether a run that failed had drawn', (copy) => delete first(copy, 'bot:error').drew],
    [
      'the outcome of a run',
      (copy) => Object.assign(receiptsIn(copy).find(({ body }) => body.outcome === 'threw')!.body, { outcome: 'ok' }),
    ],
    ['a move', (copy) => Object.assign(first(copy, 'do').do[0], ['count'])],
    ['who joined', (copy) => Object.assign(first(copy, 'member_joined'), { name: 'somebody else' })],
    [
      'the entropy of the creator',
      (copy) => Object.assign(first(copy, 'channel_created'), { entropy: 'another stone' }),
    ],
    [
      'the name of a timer',
      (copy) =>
        Object.assign(copy.entries.find(({ opening }: MadeBundle) => opening?.kind === 'timer').opening.body, {
          name: 'other',
        }),
    ],
    ['the hook of a run', (copy) => Object.assign(receipt(copy, 'on_join'), { hook: 'on_leave' })],
    [
      'the state after a run',
      (copy) => Object.assign(receiptsIn(copy).at(-1)!.body, { state_after: `sha256:${sha256('{"n":7}')}` }),
    ],
    ['the state between two runs', (copy) => changeState(copy)],
    [
      'the changes that a bot asked for',
      (copy) =>
        Object.assign(receiptsIn(copy).find(({ body }) => body.channel_ops)!.body.channel_ops[0], { name: 'Other' }),
    ],
    ['a change that a bot made', (copy) => Object.assign(first(copy, 'rename_applied'), { by: 'creator' })],
    ['a seed', (copy) => changeSeed(copy)],
    [
      'a reveal that no commitment matches',
      (copy) => Object.assign(bodiesIn(copy, 'bot:reveal')[1]!.body, { verified: true }),
    ],
    ['what it says was sealed', (copy) => swapRevealed(copy)],
    [
      'which entry a run answers',
      (copy) => Object.assign(receiptsIn(copy)[2]!.body, { event_seq: receiptsIn(copy)[2]!.body.event_seq - 1 }),
    ],
    ['the code that ran', (copy) => replaceSource(copy, (source) => source.replace("'hello'", "'hallo'"))],
  ])('is DIVERGED if it changes %s', async (_, change) => {
    const report = await verifiedBundle(forged(bundle, change));

    expect(report).toMatchObject({ verdict: 'DIVERGED', exitCode: 30 });
    expect(report.first?.entry).toBeGreaterThan(0);
  });

  test.each<[string, (copy: MadeBundle) => void]>([
    ['a receipt', (copy) => delete copy.entries[receiptsIn(copy)[3]!.seq - 1].opening],
    ['the last receipt of a round', (copy) => delete copy.entries[receiptsIn(copy).at(-1)!.seq - 1].opening],
    [
      'a timer that fired a run',
      (copy) => delete copy.entries.find(({ opening }: MadeBundle) => opening?.kind === 'timer').opening,
    ],
    ['a visible message', (copy) => delete copy.entries[bodiesIn(copy, 'do')[0]!.seq - 1].opening],
    ['a sealed message that was revealed', (copy) => delete copy.entries[first(copy, 'revealed').msg_id - 1].opening],
    ['a state', (copy) => delete copy.states[receiptsIn(copy)[2]!.body.state_before]],
    ['the source', (copy) => Object.assign(copy, { sources: {} })],
    ['a text', (copy) => delete copy.texts[first(copy, 'bot:attach').bundle_hash]],
    ['the reveal of a seed', (copy) => Object.assign(first(copy, 'round:reveal'), { type: 'other' })],
  ])('is INVALID if it leaves out %s', async (_, change) => {
    expect(await verifiedBundle(forged(bundle, change))).toMatchObject({ verdict: 'INVALID', exitCode: 40 });
  });

  test('is DIVERGED with code that never ends', async () => {
    const endless = forged(bundle, (copy) =>
      replaceSource(copy, (source) => source.replace('onInit() {', 'onInit() { for (;;);')),
    );

    const report = await verifiedBundle(endless);

    expect(report).toMatchObject({ verdict: 'DIVERGED', first: { text: expect.stringContaining('timed_out') } });
  });

  test('cannot ship a kit that no release published: its runs are not repeated, unless somebody trusts it', async () => {
    const { bundle: other, kit } = withOtherKit(bundle);

    const report = await verifiedBundle(other);

    expect(report.verdict).toBe('PARTIAL');
    expect(reasonsIn(report)).toEqual(['unknown-kit']);
    expect(await verifiedBundle(other, { trustedRuntimes: [kit] })).toMatchObject({ verdict: 'VERIFIED' });
  });
});

function changeState(copy: MadeBundle) {
  const later = receiptsIn(copy)[4]!.body;
  const state = { n: 77 };
  const hash = `sha256:${sha256(canonical(state))}`;
  const unchanged = copy.states[later.state_before];
  copy.states[hash] = state;
  later.state_before = hash;
  const isUsed = receiptsIn(copy).some(({ body }) => copy.states[body.state_before] === unchanged);
  if (!isUsed) for (const [name, each] of Object.entries(copy.states)) if (each === unchanged) delete copy.states[name];
}

function changeSeed(copy: MadeBundle) {
  const seed = 'ab'.repeat(32);
  const seed_commit = `sha256:${sha256('parley-seed-v1', Buffer.from(seed, 'hex'))}`;
  Object.assign(first(copy, 'bot:attach'), { seed_commit });
  Object.assign(first(copy, 'round:reveal'), { seed, seed_commit });
}

/** The sealed bid was another one, with a commitment to it. */
function swapRevealed(copy: MadeBundle) {
  const revealed = bodiesIn(copy, 'revealed').at(-1)!.body;
  const { opening } = copy.entries[revealed.msg_id - 1];
  opening.body = { text: 'another bid' };
  const { salt: _, ...content } = opening;
  revealed.opening = content;
}

function withOtherKit(original: MadeBundle) {
  let kit = '';
  const changed = forged(original, (copy) => {
    const attach = first(copy, 'bot:attach');
    const parts = JSON.parse(copy.texts[attach.bundle_hash].text);
    const text = `${copy.texts[parts.kit].text}\n// Not published.\n`;
    kit = `sha256:${sha256(text)}`;
    delete copy.texts[parts.kit];
    copy.texts[kit] = { kind: 'kit', text };
    const packages = Object.entries(parts.bundled).map(([name, hash]) => [name, copy.texts[hash as string].text]);
    const { text: executed } = copy.texts[parts.executed];
    const hashed = {
      executed,
      language: parts.language,
      kit,
      engine: parts.engine,
      bundled: Object.fromEntries(packages),
    };
    const bundleHash = `sha256:${sha256(canonical(hashed))}`;
    delete copy.texts[attach.bundle_hash];
    copy.texts[bundleHash] = { kind: 'bundle', text: canonical({ ...parts, kit }) };
    for (const { body } of [{ body: attach }, ...receiptsIn(copy)]) body.bundle_hash = bundleHash;
  });
  return { bundle: changed, kit };
}
