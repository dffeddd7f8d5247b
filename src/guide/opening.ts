import type { Preset, Presets } from '../bots/code/presets.service.js';

/**
 * The input of create_channel for a game of a preset: with its minimum number of seats, but with two if it allows them.
 */
export function openingOf({ manifest: { name, seats } }: Preset) {
  const players = Math.max(seats.min, Math.min(2, seats.max));
  const slots = ['bot:referee', ...Array.from({ length: players }, (_, i) => `invite:player-${i + 1}`)];
  return { name: `A game of ${name}`, slots, bot_preset: name };
}

/**
 * The game that is suggested to newcomers: GuessBot; if this server does not have it, a preset that needs neither
 * another bot nor secrets.
 */
export function firstGame(presets: Presets): Preset | undefined {
  const isReady = ({ manifest: { hears, needs_env } }: Preset) => !hears && !needs_env.length;
  return presets.find('GuessBot') ?? presets.all().find(isReady);
}
