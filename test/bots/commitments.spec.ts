import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openRoom, told } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const [, restDoor] = DOORS[0] ?? [];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A bot that posts whatever it is told to. */
const PUPPET = `class Puppet { constructor(ctx) { this.ctx = ctx; } onMessage({ body }) { for (const post of body.posts ?? []) this.ctx.post('control', post); } }`;

describe('A reveal', () => {
  const commit = (text: string) => ({ type: 'bot:commit', commit: sha256(text) });
  const reveal = (fields: object) => ({ type: 'bot:reveal', ...fields });

  test.each<[string, object, object, boolean]>([
    ['of the number committed to holds', commit('7|n'), reveal({ target: 7, nonce: 'n' }), true],
    ['of the text committed to holds', commit('rock|n'), reveal({ value: 'rock', nonce: 'n' }), true],
    ['of another number does not', commit('7|n'), reveal({ target: 8, nonce: 'n', verified: true }), false],
    [
      'that names another commitment does not',
      commit('7|n'),
      reveal({ target: 7, nonce: 'n', commit: sha256('x') }),
      false,
    ],
    ['of an object does not', commit('[object Object]|n'), reveal({ target: { number: 7 }, nonce: 'n' }), false],
    ['of a list does not', commit('1,2|n'), reveal({ target: [1, 2], nonce: 'n' }), false],
    ['that can be cut in two ways does not', commit('rock|x|y'), reveal({ value: 'rock|x', nonce: 'y' }), false],
    ['whose value throws does not', commit('7|n'), reveal({ target: { toString: 1, valueOf: 1 }, nonce: 'n' }), false],
    [
      'of a commitment inside another field does not',
      { type: 'bot:commit', inner: { commit: sha256('7|n') } },
      reveal({ target: 7, nonce: 'n' }),
      false,
    ],
  ])('%s', async (_, committed, revealed, verified) => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const say = (post: object) =>
      room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts: [post] } });

    await say(committed);
    await say(revealed);

    expect(await told(room.bob, room.id, 'bot:reveal')).toMatchObject([{ verified }]);
  });

  test('before its commitment does not hold', async () => {
    await using room = await openRoom(server, restDoor!, { bot_code: PUPPET });
    const posts = [reveal({ target: 7, nonce: 'n' }), commit('7|n')];

    await room.alice.call('post_message', { channel_id: room.id, body: { type: 'say', posts } });

    expect(await told(room.bob, room.id, 'bot:reveal')).toMatchObject([{ verified: false }]);
  });
});
