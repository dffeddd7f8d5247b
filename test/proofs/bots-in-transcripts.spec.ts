import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { say } from '../support/game.js';
import { canonical, sha256 } from '../support/longhand.js';
import { openRoom } from '../support/rooms.js';
import { type Bundle, bodiesOf, exported, openOf } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

/** The texts under the hash of a bundle, whose hash is recomputed (docs/bundle-format.md). */
function executedBy({ texts }: Bundle, bundleHash: string) {
  const text = (hash: string) => texts[hash]?.text as string;
  const { language, executed, engine, bundled, kit, class_name } = JSON.parse(text(bundleHash));
  const packages = Object.fromEntries(Object.entries<string>(bundled).map(([name, hash]) => [name, text(hash)]));
  const parts = { language, executed: text(executed), engine, ...(kit ? { kit } : { class_name }) };
  const whole = Object.keys(packages).length ? { ...parts, bundled: packages } : parts;
  expect(`sha256:${sha256(canonical(whole))}`).toBe(bundleHash);
  if (kit) expect(`sha256:${sha256(text(kit))}`).toBe(kit);
  return { language, packages };
}

describe.each(DOORS)('The bots in a transcript, over %s', (_, door) => {
  test('are there with source, module, kit and the packages that were bundled', async () => {
    await using room = await openRoom(server, door, { bot_code: EXACT, bot_language: 'typescript' });
    await say(room.alice, room.id, 'add');

    const { bundle } = await exported(room.bob, room.id);

    const [attach] = bodiesOf(bundle, 'bot:attach');
    expect(bundle.sources[attach.code_hash]).toEqual({ language: 'typescript', text: EXACT });
    expect(`sha256:${sha256(EXACT)}`).toBe(attach.code_hash);
    const { language, packages } = executedBy(bundle, attach.bundle_hash);
    expect([language, Object.keys(packages)]).toEqual(['typescript', ['big.js']]);
    expect(
      Object.values(bundle.texts)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['bundle', 'kit', 'module', 'package']);
  });

  test('are there with both sources when one replaced the other, and the runs of the first are open', async () => {
    await using room = await openRoom(server, door, { bot_code: EXACT, bot_language: 'typescript' });
    await say(room.alice, room.id, 'add');
    const bot_def = { inline_code: ECHO };
    await room.alice.call('update_channel', {
      channel_id: room.id,
      ops: [{ type: 'set_bot', slot_id: 's0', bot_def }],
    });
    await say(room.alice, room.id, 'hello');

    const { bundle } = await exported(room.bob, room.id);

    expect(
      Object.values(bundle.sources)
        .map(({ text }) => text)
        .sort(),
    ).toEqual([EXACT, ECHO].sort());
    const bots = new Set(openOf(bundle, 'receipt').map(({ opening }) => opening.body.bot_id));
    expect([...bots]).toEqual([bodiesOf(bundle, 'bot:attach')[0].bot_id]);
  });

  test('have no states in it if they have secrets, which may be in their state', async () => {
    const SECRET = 'a secret that nobody else may know';
    await using room = await openRoom(server, door, {
      bot_code: KEEPER,
      bot_manifest: { name: 'Keeper', needs_env: ['KEY'] },
      bot_env: { KEY: SECRET },
    });
    for (const text of ['keep', 'and again', 'finish']) await say(room.alice, room.id, text);

    const { text, bundle } = await exported(room.alice, room.id);

    expect(openOf(bundle, 'receipt').length).toBeGreaterThan(2);
    expect(bundle.states).toEqual({});
    expect(text).not.toContain(SECRET);
  });

  test('show what an admin did to them, and nothing of the state that was set while its round is open', async () => {
    await using room = await openRoom(server, door, { bot_code: ECHO });
    const { alice, bob, id } = room;
    const bot = { channel_id: id, bot_id: 'bot_Echo_0' };
    await say(bob, id, 'hello');
    await alice.call('debug_bot', { ...bot, action: 'replace_state', payload: { state: { set: 'by the admin' } } });
    await say(bob, id, 'hello');

    const during = await exported(bob, id);
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'remove_bot', slot_id: 's0' }] });
    const after = await exported(bob, id);

    expect(bodiesOf(during.bundle, 'control:debug')).toMatchObject([{ action: 'replace_state', by: 's1' }]);
    expect(during.text).not.toContain('by the admin');
    expect(Object.values(after.bundle.states)).toContainEqual({ set: 'by the admin' });
  });
});

const EXACT = `import Big from 'big.js';
export default class Exact {
  private readonly ctx: any;
  constructor(ctx: any) { this.ctx = ctx; }
  onMessage({ body }: any): void {
    if (body.text === 'add') this.ctx.post('bot', { sum: Big('0.1').plus('0.2').toString() });
  }
}`;

const ECHO = `class Echo {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { heard: body.text }); }
}`;

const KEEPER = `class Keeper {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    this.ctx.setState({ kept: this.ctx.env.KEY, last: body.text });
    if (body.text === 'finish') this.ctx.finish({});
  }
}`;
