import type { Session } from './sessions.js';
import { note, say, Transcript } from './transcript.js';

const SOURCE = `class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post('system', {'text': 'Echo ready'})

    def on_message(self, msg):
        if msg.get('kind') == 'user':
            self.ctx.post('bot', {'echo': msg.get('body')})
`;

/** A bot in Python, which runs in a container of its own. */
export async function echoBot(alice: Session, bob: Session) {
  say(SOURCE.replace(/^/gm, '      ').trimEnd());
  const { channel_id, invites } = await alice.call('create_channel', {
    name: 'Echo',
    slots: ['bot:echo', 'invite:alice', 'invite:bob'],
    bot_code: SOURCE,
  });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  const transcript = new Transcript(bob, channel_id, { s1: 'Alice', s2: 'Bob' });
  await bob.call('post_message', { channel_id, body: 'Is anybody there?' });
  say();
  await transcript.print();
  say();
  note(`It ran on ${transcript.find('bot:attach').body.runtime}.`);
}
