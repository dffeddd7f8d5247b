import type { Door } from '../support/doors.js';
import { openRoom, type Room } from '../support/rooms.js';

/**
 * Draws a number at its start, repeats what it is told in private to its own log, ends the round when somebody names the
 * number, and gives the game to whoever stays when somebody leaves.
 */
export const PICKER = `class Picker {
  constructor(ctx) { this.ctx = ctx; }
  onInit() {
    this.ctx.setState({ number: this.ctx.random(1000000), players: this.ctx.players.map(({ seat }) => seat) });
    this.ctx.post('bot', { type: 'ready', players: this.ctx.players.length });
  }
  onJoin(player) { this.ctx.post('bot', { type: 'welcome', player }); }
  onLeave(player) { this.ctx.finish({ winner: 'who stayed', left: player }); }
  onPrivateMessage(player, msg) { console.log(player + ' says ' + msg.body.text); this.ctx.post('bot', { type: 'noted' }); }
  onMessage(msg) {
    if (msg.body.text === 'end') this.ctx.finish({ number: this.ctx.getState().number });
    else this.ctx.post('bot', { type: 'heard', from: msg.sender });
  }
}`;

/** Says hello and knows nothing that is hidden. */
export const GREETER = `class Greeter {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.post('bot', { type: 'ready' }); }
  onMessage() { this.ctx.setState({ said: (this.ctx.getState().said || 0) + 1 }); this.ctx.post('bot', { type: 'heard' }); }
}`;

/** Draws, and goes on whoever leaves. */
export const STAYER = `class Stayer {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.setState({ number: this.ctx.random(6) }); }
  onMessage(msg) { this.ctx.post('bot', { type: 'heard', from: msg.sender }); }
}`;

const MANIFEST = { name: 'Picker', permissions: { private_messages: true } };

const SLOTS = ['bot:referee', 'invite:alice', 'invite:bob', 'invite:carol', 'bot:free'];

/** What create_channel takes for a contest. */
export const contestOf = (bot_code = PICKER) => ({
  name: 'Contest',
  slots: SLOTS,
  bot_code,
  bot_manifest: { ...MANIFEST, binding: true },
});

/** alice made the channel and sits in s1, bob in s2; slot s3 is free. A contest binds its players. */
export function openPlay(
  server: { readonly url: string },
  door: Door,
  isContest: boolean,
  bot_code = PICKER,
): Promise<Room> {
  const channel = isContest ? contestOf(bot_code) : { slots: SLOTS, bot_code, bot_manifest: MANIFEST };
  return openRoom(server, door, channel);
}
