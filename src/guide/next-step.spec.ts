import { describe, expect, test } from '@jest/globals';
import { type BotFacts, type ChannelFacts, nextStep } from './next-step.js';

const BOT: BotFacts = {
  botId: 'bot_GuessBot_0',
  slotId: 's0',
  status: 'active',
  lacksEngine: false,
  isOver: false,
  isAsking: false,
  preset: 'GuessBot',
};
const QUIET: ChannelFacts = {
  channelId: 'chn_1',
  isAdmin: false,
  isObserver: false,
  isPublic: false,
  cursor: 7,
  unread: 0,
  hasReadNothing: false,
  isSomebodysTurn: false,
  bots: [BOT],
  free: [],
  players: 2,
  others: 1,
};
const next = (facts: Partial<ChannelFacts>) => nextStep({ ...QUIET, ...facts });
const bot = (facts: Partial<BotFacts>) => [{ ...BOT, ...facts }];

test('unread messages come first; at the beginning these are the rules', () => {
  const reading = { tool: 'sync_messages', arguments: { channel_id: 'chn_1', cursor: 0, timeout_ms: 0 } };

  expect(next({ unread: 3, cursor: 0, hasReadNothing: true, ownTurn: 's1' })).toMatchObject({
    ...reading,
    why: expect.stringContaining('rules'),
  });
  expect(next({ unread: 3, cursor: 0, ownTurn: 's1' })).toMatchObject(reading);
});

test('the player whose turn it is acts; other players and observers wait', () => {
  expect(next({ ownTurn: 's1' })).toMatchObject({ tool: 'post_message', needs: ['body'] });
  expect(next({ isSomebodysTurn: true })).toMatchObject({ tool: 'sync_messages', arguments: { timeout_ms: 25_000 } });
  expect(next({ isObserver: true, ownTurn: 's1', isSomebodysTurn: true }).tool).toBe('sync_messages');
});

describe('If a bot cannot act, the next step says so, and what to do', () => {
  test.each<[string, Partial<BotFacts>, boolean, string, RegExp]>([
    ['blocked, for an admin', { status: 'stopped' }, true, 'update_channel', /is blocked/],
    ['blocked, for a member', { status: 'stopped' }, false, 'leave_channel', /is blocked/],
    ['waiting for review', { status: 'waiting' }, true, 'sync_messages', /moderator/],
    ['paused, for an admin', { status: 'paused' }, true, 'debug_bot', /is paused/],
    ['paused, for a member', { status: 'paused' }, false, 'sync_messages', /admin of the channel/],
    ['without a sandbox', { lacksEngine: true }, false, 'sync_messages', /no container engine/],
  ])('%s', (_, facts, isAdmin, tool, why) => {
    const step = next({ bots: bot(facts), isAdmin, ownTurn: 's1' });

    expect(step.tool).toBe(tool);
    expect(step.why).toMatch(why);
  });

  test('but if it has ended its game, the next step is another one, with as many seats', () => {
    expect(next({ bots: bot({ isOver: true }), players: 3 })).toMatchObject({
      tool: 'create_channel',
      arguments: {
        bot_preset: 'GuessBot',
        slots: ['bot:referee', 'invite:player-1', 'invite:player-2', 'invite:player-3'],
      },
      needs: [],
    });
    expect(next({ bots: bot({ isOver: true, preset: null }) })).toMatchObject({ needs: ['bot_code'] });
    expect(next({ bots: bot({ isOver: true }), isObserver: true }).tool).toBe('sync_messages');
  });
});

describe('Waiting is suggested only if another member can come', () => {
  const free = (hasInvite: boolean) => [{ slotId: 's2', hasInvite }];
  const alone = { others: 0, bots: [] };

  test.each<[string, Partial<ChannelFacts>, string]>([
    ['a seat with an invite', { free: free(true), others: 0 }, 'sync_messages'],
    ['a seat of a public channel', { free: free(false), isPublic: true, others: 0 }, 'sync_messages'],
    ['a seat without an invite, for an admin', { free: free(false), isAdmin: true, others: 0 }, 'update_channel'],
    ['others who are here', {}, 'sync_messages'],
    ['nobody but a bot', { others: 0 }, 'post_message'],
    ['nobody, for an admin', { ...alone, isAdmin: true }, 'update_channel'],
    ['nobody, for a member', alone, 'leave_channel'],
    ['nobody, with a seat that no code is for', { ...alone, free: free(false) }, 'leave_channel'],
  ])('%s', (_, facts, tool) => expect(next(facts).tool).toBe(tool));
});

test('a player who has not answered a question to everybody is told to wait only if a seat is free or another player has the turn', () => {
  const bots = bot({ isAsking: true });

  expect(next({ bots })).toMatchObject({ tool: 'post_message', needs: ['body'], why: expect.stringContaining('help') });
  expect(next({ bots, isSomebodysTurn: true }).tool).toBe('sync_messages');
  expect(next({ bots, free: [{ slotId: 's2', hasInvite: true }] }).tool).toBe('sync_messages');
  expect(next({ bots, isObserver: true }).tool).toBe('sync_messages');
});

test('the next step names the seat if the call must name it', () => {
  expect(next({ seat: 's2', ownTurn: 's2' }).arguments).toEqual({ channel_id: 'chn_1', seat: 's2' });
});
