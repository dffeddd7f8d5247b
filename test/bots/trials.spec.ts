import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openAdmin } from '../support/admin.js';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { EngineProxy } from '../support/engine-proxy.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, startSandboxed } from '../support/sandboxed-server.js';
import { type RunningServer, startServer } from '../support/server.js';

/** A bot whose hooks no reader of its source finds. */
const HIDDEN = `class Hidden {}
Hidden.prototype['on' + 'Message'] = function () { this.ctx.post('bot', { type: 'heard' }); };`;
const HIDDEN_PYTHON = `class Hidden:
    pass

def take(self, msg):
    self.ctx.post('bot', {'type': 'heard'})

setattr(Hidden, 'on_' + 'message', take)
`;
const SLOTS = ['bot:referee', 'invite:alice', 'invite:bob'];
const [, restDoor] = DOORS[0] as [string, Door];

const say = async ({ alice, id }: Room) => {
  const { replies } = await alice.call('post_message', { channel_id: id, body: 'hello', wait_ms: 30_000 });
  // biome-ignore lint/suspicious/noExplicitAny: what somebody said
  return replies.map(({ body }: any) => body.type);
};
// biome-ignore lint/suspicious/noExplicitAny: entries of any kind
const typesIn = async (room: Room) => (await everythingRead(room.bob, room.id)).map(({ body }: any) => body.type);

describe.each(DOORS)('A bot that is attached, over %s', (_, door) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('is called for the hooks that its instance has', async () => {
    await using room = await openRoom(server, door, { bot_code: HIDDEN });

    expect(await say(room)).toEqual(['heard']);
    expect(await told(room.bob, room.id, 'bot:attach')).toMatchObject([{ hooks: ['on_message'] }]);
    expect(await told(room.bob, room.id, 'bot:manifest')).toMatchObject([{ manifest: { hooks: ['on_message'] } }]);
    expect(await typesIn(room)).not.toContain('bot:trial');
    expect(room.created).not.toHaveProperty('bot_warnings');
  });

  test.each([
    ['a subset', ['on_init'], 'has hooks that its manifest does not list. They are called anyway: on_message'],
    ['a superset', ['on_init', 'on_message', 'onTimer'], 'lists hooks that the bot does not have: on_timer'],
  ])('is called for the hooks that it has, although its manifest names %s', async (_case, hooks, warning) => {
    const bot_code = `class Both { onInit() {} onMessage() { this.ctx.post('bot', { type: 'heard' }); } }`;

    await using room = await openRoom(server, door, { bot_code, bot_manifest: { name: 'Both', hooks } });

    expect(await say(room)).toEqual(['heard']);
    expect(room.created.bot_warnings).toEqual([expect.stringContaining(warning)]);
    expect(await told(room.bob, room.id, 'bot:trial')).toMatchObject([
      { warnings: [expect.stringContaining(warning)] },
    ]);
  });

  test('warns of methods whose name is similar to a hook, in the answer and in the channel', async () => {
    const near = 'class Typo { onMesage() {} on_joined() {} onInit() {} }';
    await using room = await openRoom(server, door, { bot_code: near });
    const warnings = [
      'onMesage is not a hook and is never called. Did you mean onMessage?',
      'on_joined is not a hook and is never called. Did you mean on_join?',
    ];

    expect(room.created.bot_warnings).toEqual(warnings.map((warning) => `Typo: ${warning}`));
    expect(await told(room.bob, room.id, 'bot:trial')).toMatchObject([{ warnings }]);
    const { channel_id } = await room.alice.call('create_channel', { name: 'Later', slots: ['bot:a', 'invite:b'] });
    const attached = await room.alice.call('attach_bot', { channel_id, inline_code: near });
    expect(attached).toMatchObject({ hooks: ['on_init'], warnings });
  });

  test.each([
    [
      'module.exports',
      'class A { onInit() {} }\nmodule.exports = A;',
      /^the code does not run: ReferenceError: .*\(line 2\)$/,
    ],
    ['require', "const x = require('crypto');\nclass A {}", /^the code does not run: ReferenceError: .*\(line 1\)$/],
    ['a throw', "class A {}\nthrow new Error('no');", /^the code does not run: Error: no \(line 2\)$/],
    [
      'a constructor that throws',
      'class A {\n  constructor() { this.a.b = 1; }\n}',
      /^the code does not run: TypeError: .*\(line 2\)$/,
    ],
    ['hooks that hear what it has no hook for', undefined, /hears needs a class with the hook on_event/],
  ])('is refused, and no channel is created, if its code cannot run: %s', async (_case, code, detail) => {
    await using alice = await door(server, 'alice');
    const bot_code = code ?? 'class A { onInit() {} }';
    const bot_manifest = code ? undefined : { name: 'A', hears: [{ kind: 'bot' }] };

    for (let attempt = 0; attempt < 2; attempt++) {
      const asked = { name: 'x', slots: SLOTS, bot_code, ...(bot_manifest && { bot_manifest }) };
      const problem = await refusal(alice.call('create_channel', asked));

      expect(problem).toMatchObject({ code: 'BOT_INVALID', detail: expect.stringMatching(detail) });
    }
    expect((await alice.call('list_channels')).channels.filter(({ name }: { name: string }) => name === 'x')).toEqual(
      [],
    );
  });

  test.each([
    [
      'that does not run',
      { bot_code: 'class A {}\nmodule.exports = A;' },
      /^Failed to attach bot CustomBot: BOT_INVALID: the code does not run: ReferenceError: .*\(line 2\)$/,
    ],
    [
      'that is no code',
      { bots: [{ name: 'Broken', inline_code: 'class {' }] },
      /^Failed to attach bot Broken: BOT_INVALID: Unexpected token \(1:6\)$/,
    ],
    [
      'that no preset is',
      { bots: [{ code_ref: 'builtin://Nobody' }] },
      /^Failed to attach bot builtin:\/\/Nobody: INVALID_REQUEST: there is no such bot preset$/,
    ],
    [
      'that imports files',
      { bot_code: "// files\nimport 'node:child_process';\nclass A {}" },
      /^Failed to attach bot CustomBot: MODULE_NOT_ALLOWED: a bot cannot import node:child_process \(line 2\)$/,
    ],
  ])('is left out with strict: false if it is one %s', async (_case, channel, told_) => {
    await using room = await openRoom(server, door, { ...channel, strict: false });

    expect(room.created.bot_errors).toEqual([expect.stringMatching(told_)]);
    expect(room.created.view.slots[0]).toMatchObject({ slot_id: 's0', occupied: false });
    expect((await room.alice.call('post_message', { channel_id: room.id, body: 'without' })).msg_id).toBeGreaterThan(0);
    expect(await typesIn(room)).not.toContain('bot:attach');
  });

  test('does not change that an invalid request with strict: false is refused', async () => {
    await using alice = await door(server, 'alice');

    const problem = await refusal(
      alice.call('create_channel', { name: 'x', slots: ['invite:a'], bot_code: 'class A {}', strict: false }),
    );

    expect(problem).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('gives the constructor the same input as on_init', async () => {
    const bot_code = `class Bot {
  constructor(ctx, { sides, names }) { this.ctx = ctx; this.first = names[0].toUpperCase(); this.host = ctx.players[0].seat; this.sides = sides.toFixed(1); }
  onMessage() { this.ctx.post('bot', { type: this.first + this.sides }); }
}`;

    await using room = await openRoom(server, door, { bot_code, bot_params: { sides: 6, names: ['a'] } });

    expect(await say(room)).toEqual(['A6.0']);
  });

  test('does not receive the values of secrets', async () => {
    const bot_code = `class Bot { constructor(ctx) { this.ctx = ctx; if (ctx.env.API_KEY.includes('s3cret')) this.onMessage = () => ctx.post('bot', { type: 'heard' }); } }`;
    const bot_manifest = { name: 'Bot', needs_env: ['API_KEY'] };

    await using room = await openRoom(server, door, {
      bot_code,
      bot_manifest,
      bot_env: { API_KEY: 's3cret-s3cret-s3cret' },
    });

    expect(await told(room.bob, room.id, 'bot:attach')).toMatchObject([{ hooks: [] }]);
  });

  test('gets the hooks found in its source if its constructor needs secrets or the network', async () => {
    const bot_code = `class Bot { constructor(ctx) { this.ctx = ctx; if (!ctx.env.API_KEY.startsWith('s3cret-')) throw new Error('no key'); }
  onMessage() { this.ctx.post('bot', { type: 'heard' }); } }`;

    await using room = await openRoom(server, door, {
      bot_code,
      bot_manifest: { name: 'Bot', needs_env: ['API_KEY'] },
      bot_env: { API_KEY: 's3cret-s3cret-s3cret' },
    });

    expect(await say(room)).toEqual(['heard']);
    expect(room.created.bot_warnings).toEqual([expect.stringContaining('could not be completed')]);
  });

  test('has no effects from its trial', async () => {
    const bot_code = `class Bot {
  constructor(ctx) { this.ctx = ctx; ctx.random(6); ctx.post('bot', { type: 'made' }); ctx.setState({ n: (ctx.getState().n ?? 0) + 1 }); ctx.finish({}); }
  onMessage() { this.ctx.post('bot', { type: 'heard', n: this.ctx.getState().n }); }
}`;
    await using room = await openRoom(server, door, { bot_code });
    const before = await typesIn(room);

    await say(room);

    expect(before.filter((type: string) => ['made', 'round:end', 'round:reveal', 'bot:error'].includes(type))).toEqual(
      [],
    );
    expect(await told(room.bob, room.id, 'made')).toHaveLength(1);
    expect(await told(room.bob, room.id, 'heard')).toMatchObject([{ n: 1 }]);
  });
});

describe.each(DOORS)('Under review, over %s', (doorName, door) => {
  let server: RunningServer;
  let admin: Person;
  beforeAll(async () => {
    server = await startServer({ MODERATION: 'review' });
    admin = await openAdmin(server, door);
  });
  afterAll(async () => {
    await admin.close();
    await server[Symbol.asyncDispose]();
  });

  test('a bot is tried once its code is allowed, and before its first hook', async () => {
    await using room = await openRoom(server, door, { bot_code: `${HIDDEN}\n// ${doorName}` });
    await say(room);
    expect(room.created.bot_warnings).toEqual([expect.stringContaining('no admin of this server has allowed')]);
    const [{ code_hash, bot_id }] = await told(room.bob, room.id, 'bot:attach');

    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    await eventually(async () => (await told(room.bob, room.id, 'heard')).length === 1);

    const trials = await told(room.bob, room.id, 'bot:trial');
    expect(trials).toMatchObject([
      { bot_id, warnings: [expect.stringContaining('was not tried')] },
      { bot_id, hooks: ['on_message'] },
    ]);
    const types = await typesIn(room);
    expect(types.lastIndexOf('bot:trial')).toBeLessThan(types.indexOf('heard'));
    expect(types).not.toContain('bot:error');
  });

  test('blocked code is never run, and code that cannot run is reported when it is allowed', async () => {
    const broken = `throw new Error('never ${doorName}');\nclass Broken { onInit() {} }`;
    await using room = await openRoom(server, door, { bot_code: broken });
    const [{ code_hash }] = await told(room.bob, room.id, 'bot:attach');
    expect(await told(room.bob, room.id, 'bot:error')).toEqual([]);

    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    await eventually(async () => (await told(room.bob, room.id, 'bot:error')).length > 0);
    expect((await told(room.bob, room.id, 'bot:trial')).at(-1)).toMatchObject({
      failed: { code: 'BOT_THREW', line: 1 },
    });
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'block', reason_code: 'other' });

    const problem = await refusal(room.alice.call('create_channel', { name: 'x', slots: SLOTS, bot_code: broken }));
    expect(problem).toMatchObject({ code: 'CODE_BLOCKED', code_hash });
  });
});

describeWithDocker('Where bots run in containers', () => {
  test('The trials of Python and JavaScript give the same results', async () => {
    await using server = await startSandboxed();
    await using room = await openRoom(server, restDoor, { bot_code: HIDDEN_PYTHON });
    await using other = await openRoom(server, restDoor, { bot_code: HIDDEN });

    expect([await say(room), await say(other)]).toEqual([['heard'], ['heard']]);
    expect(await told(room.bob, room.id, 'bot:attach')).toMatchObject([{ hooks: ['on_message'] }]);
    const broken = { name: 'x', slots: SLOTS, bot_code: 'class Bot:\n    def on_init(self): pass\n\nsay(1)\n' };
    expect(await refusal(room.alice.call('create_channel', broken))).toMatchObject({
      code: 'BOT_INVALID',
      detail: expect.stringMatching(/^the code does not run: NameError: .*\(line 4\)$/),
    });
    const near = { name: 'x', slots: SLOTS, bot_code: 'class Bot:\n    def on_mesage(self, msg): pass\n' };
    expect((await room.alice.call('create_channel', near)).bot_warnings).toContain(
      'Bot: on_mesage is not a hook and is never called. Did you mean on_message?',
    );
  });

  test('a bot for which no sandbox was free is attached, and tried before its first hook', async () => {
    await using engine = await EngineProxy.start();
    await using server = await startSandboxed({ ...IN_CONTAINERS, SANDBOX_POOL: '0', SANDBOX_ENGINES: engine.address });
    await engine.cut();

    await using room = await openRoom(server, restDoor, { bot_code: HIDDEN });
    await say(room);
    await engine.restore();
    await eventually(async () => (await told(room.bob, room.id, 'heard')).length === 1);

    expect(room.created.bot_warnings).toEqual([expect.stringContaining('no sandbox was free')]);
    const trials = await told(room.bob, room.id, 'bot:trial');
    expect(trials).toMatchObject([{ warnings: [expect.any(String)] }, { hooks: ['on_message'] }]);
  }, 300_000);
});
