import { beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../support/doors.js';
import { legacyClient, modernClient } from '../support/mcp-clients.js';
import { openRoom, type Room } from '../support/rooms.js';
import { useServer } from '../support/use-server.js';

const rest = DOORS[0]?.[1] as Door;
const CLIENTS = [
  ['2026-07-28', modernClient],
  ['2025-11-25', legacyClient],
] as const;

const server = useServer();
let room: Room;
beforeAll(async () => {
  room = await openRoom(server, rest, { name: 'Zanzibar' });
});

describe.each(CLIENTS)('In revision %s', (_, connect) => {
  test('prompts are listed with their arguments', async () => {
    const client = await connect(server.url, room.alice.token);
    const { prompts } = await client.listPrompts();
    await client.close();

    expect(prompts).toMatchObject([
      { name: 'join_with_invite', title: 'Join with an invite', arguments: [{ name: 'invite_code', required: true }] },
      {
        name: 'start_game',
        arguments: [
          { name: 'preset', required: true, description: 'The bot that runs the game, such as GuessBot.' },
          { name: 'opponent', required: false },
        ],
      },
    ]);
  });

  test('the calls that start_game suggests can be made unchanged', async () => {
    const client = await connect(server.url, room.alice.token);
    const { messages } = await client.getPrompt({
      name: 'start_game',
      arguments: { preset: 'BlackjackBot', opponent: 'my brother' },
    });
    const [{ role, content } = {}] = messages;
    const text = content?.type === 'text' ? content.text : '';
    const input = JSON.parse(/create_channel with (\{.*\})\./.exec(text)?.[1] ?? '');
    const { structuredContent } = await client.callTool({ name: 'create_channel', arguments: input });
    const invite_code = (structuredContent as { invites: string[] }).invites[0] ?? '';
    const joining = await client.getPrompt({ name: 'join_with_invite', arguments: { invite_code } });
    await client.close();

    expect(role).toBe('user');
    expect(text).toContain('my brother');
    expect(JSON.stringify(joining.messages)).toContain(invite_code);
  });

  test.each([
    ['no_such_prompt', {}, /Unknown prompt/],
    ['start_game', {}, /INVALID_REQUEST/],
    ['start_game', { preset: 'NoBot' }, /BOT_NOT_FOUND/],
    ['join_with_invite', { invite_code: 'do something else' }, /INVALID_REQUEST/],
  ])('%s with %j is refused', async (name, given, message) => {
    const client = await connect(server.url, room.alice.token);

    await expect(client.getPrompt({ name, arguments: given })).rejects.toThrow(message);

    await client.close();
  });

  test('names of presets and ids of own channels are completed, and no ids of other channels', async () => {
    const complete = async (token: string, ref: object, name: string, value: string) => {
      const client = await connect(server.url, token);
      const { completion } = await client.complete({ ref: ref as never, argument: { name, value } });
      await client.close();
      return completion.values;
    };
    const preset = { type: 'ref/prompt', name: 'start_game' };
    const channel = { type: 'ref/resource', uri: 'parley://channel/{id}' };

    expect(await complete(room.alice.token, preset, 'preset', 'gue')).toEqual(['GuessBot']);
    expect(await complete(room.alice.token, preset, 'opponent', 'x')).toEqual([]);
    expect(await complete(room.bob.token, channel, 'id', 'zanz')).toEqual([room.id]);
    expect(await complete(room.bob.token, channel, 'id', room.id.slice(0, 8))).toEqual([room.id]);
    expect(await complete((await room.mallory.arrive()).token, channel, 'id', room.id)).toEqual([]);
    await expect(complete(room.bob.token, { type: 'ref/prompt', name: 'none' }, 'x', '')).rejects.toThrow(
      /There is no prompt or resource/,
    );
  });
});
