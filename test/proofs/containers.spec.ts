import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Language } from '../../bot-sdk/contract.js';
import { DOORS } from '../support/doors.js';
import { say } from '../support/game.js';
import { openRoom } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { bodiesOf, closedIn, exported, openOf, verdictOf, verified } from '../support/transcripts.js';

const [[, door]] = DOORS as [(typeof DOORS)[number]];

const TYPESCRIPT = `import { createHash } from 'node:crypto';
export default class Hasher {
  private readonly ctx: any;
  constructor(ctx: any) { this.ctx = ctx; }
  onMessage({ body }: { body: { text?: string } }): void {
    if (body.text === 'enough') return this.ctx.finish({});
    const { n = 0 } = this.ctx.getState() ?? {};
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('bot', { hash: createHash('sha256').update(String(body.text)).digest('hex'), dice: this.ctx.random(6) });
  }
}`;

const PYTHON = `import random

class Dice:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['body'].get('text') == 'enough':
            return self.ctx.finish({})
        self.ctx.set_state({'n': (self.ctx.get_state() or {}).get('n', 0) + 1})
        self.ctx.post('bot', {'dice': random.randint(1, 6), 'of': msg['body'].get('text')})
`;

describeWithDocker('A bot in a container', () => {
  let server: SandboxedServer;
  beforeAll(async () => {
    server = await startSandboxed();
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  test.each<[Language, string]>([
    ['typescript', TYPESCRIPT],
    ['python', PYTHON],
  ])('in %s is in the file with its source and what was executed', async (language, bot_code) => {
    await using room = await openRoom(server, door, { bot_code, bot_language: language, entropy: 'a coin' });
    for (const text of ['one', 'two', 'enough']) await say(room.alice, room.id, text);

    const { bundle, file } = await exported(room.bob, room.id);

    const [{ code_hash, bundle_hash, runtime }] = bodiesOf(bundle, 'bot:attach');
    expect(runtime).toMatch(/rootfs sha256:/);
    expect(bundle.sources[code_hash]).toEqual({ language, text: bot_code });
    const executed = JSON.parse(bundle.texts[bundle_hash]?.text ?? '');
    expect(executed).toMatchObject({ language, engine: runtime });
    expect(bundle.texts[executed.executed]?.kind).toBe('module');
    expect(openOf(bundle, 'receipt')).toHaveLength(3);
    expect(closedIn(bundle)).toBe(0);
    const [, ...findings] = verdictOf(await verified(server, file)) as [string, ...[string, string][]];
    expect(findings.filter(([, reason]) => reason !== 'no-containers')).toEqual([]);
  });
});
