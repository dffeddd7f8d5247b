import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bodiesIn, forged, receiptsIn } from '../support/cheating.js';
import { DOORS } from '../support/doors.js';
import { everyEffect } from '../support/every-effect.js';
import { say } from '../support/game.js';
import { openRoom } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { exportedBundle, findingsIn, verifiedBundle } from '../support/verified.js';

const PYTHON = `import random

class Every:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.set_state({'n': 0})
        self.ctx.post('bot', {'type': 'ready', 'n': random.randint(1, 1000)})

    def on_join(self, player):
        self.ctx.post('bot', {'type': 'hello', 'player': player})

    def on_message(self, msg):
        for step in msg['body'].get('do', []):
            if step[0] == 'draw':
                self.ctx.post('bot', {'type': 'drawn', 'n': random.random()})
            if step[0] == 'count':
                self.ctx.set_state({'n': self.ctx.get_state()['n'] + 1})
            if step[0] == 'throw':
                raise ValueError('as you asked')
            if step[0] == 'finish':
                self.ctx.finish({'winner': msg['sender']})
`;

const WITH_FILES = `import { createHash, randomBytes } from 'node:crypto';
${everyEffect('typescript').replace('m: Math.random()', "m: createHash('sha256').update(randomBytes(4)).digest('hex')")}`;

const BOTS: [string, string][] = [
  ['JavaScript', everyEffect('javascript')],
  ['TypeScript', everyEffect('typescript')],
  ['TypeScript with modules of Node', WITH_FILES],
  ['Python', PYTHON],
];

describeWithDocker('A game in containers', () => {
  let server: SandboxedServer;
  beforeAll(async () => {
    server = await startSandboxed();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });
  const [, door] = DOORS[0]!;

  test.each(BOTS)('of a bot in %s is VERIFIED: each run gives the same in another container', async (_, bot_code) => {
    await using room = await openRoom(server, door, { bot_code, entropy: 'a shell' });
    const { alice, bob, id } = room;
    const doing = (...steps: unknown[][]) => say(alice, id, { type: 'do', do: steps });
    await doing(['draw'], ['count'], ['draw']);
    await doing(['draw'], ['throw']);
    await doing(['finish']);
    await alice.call('update_channel', { channel_id: id, ops: [{ type: 'close' }] });
    const bundle = await exportedBundle(bob, id);

    const report = await verifiedBundle(bundle);
    const changed = forged(bundle, (copy) => Object.assign(bodiesIn(copy, 'drawn').at(-1)!.body, { n: 7 }));

    expect(receiptsIn(bundle)[0]?.body.runtime).toMatch(/^(node|python)@/);
    expect(findingsIn(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED' });
    expect(report.facts.bots?.[0]?.replayed).toBeGreaterThan(4);
    expect(await verifiedBundle(changed)).toMatchObject({ verdict: 'DIVERGED' });
  });
});
