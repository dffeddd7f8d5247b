import type { Context } from './attack.js';
import { call, guest, post } from './requests.js';

/** Opens so many public channels. */
export async function openMany(url: string, token: string, count: number, slots = 2) {
  const places = Array.from({ length: slots }, (_, i) => `invite:place-${i}`);
  for (let i = 0; i < count; i++) {
    await call(url, 'create_channel', { name: `Room ${i}`, slots: places, visibility: 'public' }, token);
  }
}

/** Opens a channel, takes its first seat for its maker, and answers with its id. */
export async function openSeated(url: string, token: string, more: object = {}): Promise<string> {
  const channel = { name: 'Room', slots: ['bot:referee', 'invite:mallory'], ...more };
  const { channel_id, invites } = await call(url, 'create_channel', channel, token);
  await call(url, 'join_channel', { invite_code: invites[0] }, token);
  return channel_id;
}

/** So many accounts with a channel each, in which there is a bot of theirs. */
export async function openEach(url: string, count: number, bot_code: string, more: object = {}): Promise<Context> {
  const people = Array.from({ length: count }, async (_, i) => {
    const token = await guest(url, `mallory-${i}`);
    return { [`token${i}`]: token, [`room${i}`]: await openSeated(url, token, { bot_code, ...more }) };
  });
  return Object.assign({}, ...(await Promise.all(people)));
}

/** Has the bot of one of these accounts run a hook, and waits some time for its end. */
export const wakeOne = (url: string, context: Context, n: number): Promise<string> =>
  post(url, '/post_message', { channel_id: context[`room${n}`], body: 'run', wait_ms: 2_000 }, context[`token${n}`]);
