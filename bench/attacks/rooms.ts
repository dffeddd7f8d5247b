import { call } from './requests.js';

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
