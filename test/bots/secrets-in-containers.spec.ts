import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Dockerode from 'dockerode';
import { DOORS } from '../support/doors.js';
import { openRoom, told } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { everythingStored } from '../support/stored.js';

const CANARY = 'canary-8Gq2/yW-known';
const [[, door]] = DOORS as [(typeof DOORS)[number]];

const manifest = (...modules: string[]) => ({
  name: 'Spy',
  needs_env: ['KEY'],
  permissions: { modules, update_channel: true },
});

const PYTHON = `import hashlib
class Spy:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        key = self.ctx.env['KEY']
        print('with', key)
        if msg['body']['text'] == 'tell':
            self.ctx.post('bot', {'key': key})
        self.ctx.update_channel([{'type': 'rename', 'name': 'By the bot'}])
        self.ctx.post('bot', {'hash': hashlib.sha256(key.encode()).hexdigest()})
`;
const JAVASCRIPT = `import { sha256 } from 'bot-sdk';
export default class Spy {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const { KEY } = this.ctx.env;
    console.log('with', KEY);
    if (body.text === 'tell') this.ctx.post('bot', { key: KEY });
    this.ctx.updateChannel([{ type: 'rename', name: 'By the bot' }]);
    this.ctx.post('bot', { hash: sha256(KEY) });
  }
}`;

describeWithDocker('The secrets of a bot in a container', () => {
  let server: SandboxedServer;
  beforeAll(async () => {
    server = await startSandboxed();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test.each([
    ['Python', PYTHON, manifest('hashlib')],
    ['JavaScript', JAVASCRIPT, manifest()],
  ])('are known only to its hooks, and masked in what they post: %s', async (_, bot_code, bot_manifest) => {
    await using room = await openRoom(server, door, { bot_code, bot_manifest, bot_env: { KEY: CANARY } });
    const say = async (body: string) =>
      (await room.alice.call('post_message', { channel_id: room.id, body, wait_ms: 30_000 })).replies;

    const kept = await say('keep');
    const masked = await say('tell');

    const hash = createHash('sha256').update(CANARY).digest('hex');
    const posts = [kept, masked].map((replies) => replies.filter(({ kind }: { kind: string }) => kind === 'bot'));
    expect(posts).toMatchObject([[{ body: { hash } }], [{ body: { key: '[secret]' } }, { body: { hash } }]]);
    const by = 'bot:bot_Spy_0';
    expect(await told(room.bob, room.id, 'rename_applied')).toMatchObject([{ by }, { by }]);
    const docker = new Dockerode();
    const containers = await Promise.all((await server.containers()).map((id) => docker.getContainer(id).inspect()));
    const bot = { channel_id: room.id, bot_id: 'bot_Spy_0', action: 'tail_logs' };
    const { logs } = await room.alice.call('debug_bot', bot);
    expect(logs).toMatchObject([{ lines: ['with [secret]'] }, { lines: ['with [secret]'] }]);
    expect(JSON.stringify(containers) + everythingStored(server.dataDir) + server.log()).not.toContain(CANARY);
  });
});
