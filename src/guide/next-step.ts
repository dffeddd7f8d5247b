import { type NextStep, nextStepTo } from '../channels/next-step.js';

/** The facts about a bot of the channel that determine the next step. */
export interface BotFacts {
  readonly botId: string;
  readonly slotId: string;
  readonly status: 'active' | 'paused' | 'waiting' | 'stopped';
  /** Its code cannot run here, because there is no container engine. */
  readonly lacksEngine: boolean;
  /** Its last round has ended and it has announced nothing since: the game does not continue without a new action. */
  readonly isOver: boolean;
  /** It has asked all players for something, and the caller has not posted since. */
  readonly isAsking: boolean;
  /** The name of its preset; null for other code. */
  readonly preset: string | null;
}

/** The facts about a member and a channel that determine the next step. Only ids and typed facts: no text of others. */
export interface ChannelFacts {
  readonly channelId: string;
  /** The caller's seat, if the next call has to name it. */
  readonly seat?: string;
  readonly isAdmin: boolean;
  readonly isObserver: boolean;
  readonly isPublic: boolean;
  /** The cursor from which to read unread messages, and their number. */
  readonly cursor: number;
  readonly unread: number;
  readonly hasReadNothing: boolean;
  /** The seat of the caller, if it is its turn. */
  readonly ownTurn?: string;
  readonly isSomebodysTurn: boolean;
  readonly bots: readonly BotFacts[];
  /** Free player seats, and whether there is an open invite for each. */
  readonly free: readonly { readonly slotId: string; readonly hasInvite: boolean }[];
  /** The number of player seats of the channel. */
  readonly players: number;
  /** The number of seats that other members hold. */
  readonly others: number;
}

const WAIT_MS = 25_000;

/** The next legal step and its reason. It suggests waiting only if a member or bot can still act. */
export function nextStep(facts: ChannelFacts): NextStep {
  const { unread, hasReadNothing, ownTurn, isObserver } = facts;
  const here = placeOf(facts);
  if (unread > 0) {
    const why = hasReadNothing
      ? 'Read the messages so far: the first messages of a bot contain its rules.'
      : 'There are messages that you have not read.';
    return nextStepTo('sync_messages', { ...here, cursor: facts.cursor, timeout_ms: 0 }, why);
  }
  const trouble = idleBotStep(facts);
  if (trouble) return trouble;
  if (ownTurn && !isObserver) return nextStepTo('post_message', here, `It is your turn in seat ${ownTurn}.`, ['body']);
  if (facts.isSomebodysTurn) return wait(facts, "It is another player's turn.");
  const over = facts.bots.find(({ isOver }) => isOver);
  if (over && !isObserver) return again(facts, over);
  return whenQuiet(facts);
}

const placeOf = ({ channelId, seat }: ChannelFacts) => ({ channel_id: channelId, ...(seat && { seat }) });
const wait = (facts: ChannelFacts, why: string) =>
  nextStepTo('sync_messages', { ...placeOf(facts), cursor: facts.cursor, timeout_ms: WAIT_MS }, why);

/** What to do about a bot that currently does nothing. */
function idleBotStep(facts: ChannelFacts): NextStep | undefined {
  const { bots, isAdmin } = facts;
  const here = placeOf(facts);
  for (const { botId: bot_id, slotId, status, lacksEngine } of bots) {
    if (status === 'stopped') {
      const why = `The code of ${bot_id} is blocked on this server and no longer runs.`;
      if (!isAdmin)
        return nextStepTo(
          'leave_channel',
          here,
          `${why} An admin of the channel can replace it with another bot; otherwise leave.`,
        );
      return nextStepTo(
        'update_channel',
        { ...here, ops: [{ type: 'remove_bot', slot_id: slotId }] },
        `${why} Remove it, then attach another with attach_bot.`,
      );
    }
    if (status === 'waiting') {
      return wait(
        facts,
        `The code of ${bot_id} runs only after a moderator of this server has allowed it. A new channel with one of list_presets works at once.`,
      );
    }
    if (status === 'paused') {
      const why = `${bot_id} is paused: it gets messages only after it is resumed.`;
      if (!isAdmin) return wait(facts, `${why} An admin of the channel can resume it.`);
      return nextStepTo(
        'debug_bot',
        { ...here, bot_id, action: 'toggle_pause', payload: { paused: false } },
        `${why} This call resumes it.`,
      );
    }
    if (lacksEngine) {
      return wait(
        facts,
        `${bot_id} cannot run, because this server has no container engine at the moment. The operator can start one. A new channel with one of list_presets works without it.`,
      );
    }
  }
  return undefined;
}

/** Suggests the same game in a new channel: the same number of seats, with labels of our own. */
function again({ players }: ChannelFacts, { botId, preset }: BotFacts): NextStep {
  const slots = ['bot:referee', ...Array.from({ length: Math.max(1, players) }, (_, i) => `invite:player-${i + 1}`)];
  const game = { name: 'Again', slots, ...(preset && { bot_preset: preset }) };
  const how = preset
    ? 'Pass bot_params if the bot had any (get_bot_code shows them).'
    : 'Pass its code as bot_code (get_bot_code shows it).';
  return nextStepTo(
    'create_channel',
    game,
    `The game of ${botId} is over. For another game, create a new channel and pass on its invites. ${how}`,
    preset ? [] : ['bot_code'],
  );
}

/** The next step when nothing is unread and it is nobody's turn. */
function whenQuiet(facts: ChannelFacts): NextStep {
  const { free, isPublic, isAdmin, isObserver, others, bots } = facts;
  const here = placeOf(facts);
  if (free.some(({ hasInvite }) => hasInvite || isPublic)) {
    return wait(
      facts,
      isPublic
        ? 'A seat is still free, and anyone may join. Wait for another player.'
        : 'A seat is still free for the holder of its invite. Wait for another player.',
    );
  }
  const [unreachable] = free;
  if (unreachable && isAdmin) {
    const ops = [{ type: 'new_invite', slot_id: unreachable.slotId }];
    return nextStepTo('update_channel', { ...here, ops }, 'A seat is free and has no invite: make one and pass it on.');
  }
  const asking = bots.find(({ isAsking }) => isAsking);
  if (asking && !isObserver) {
    const why = `It is nobody's turn. ${asking.botId} has posted what anyone can write; help lists it.`;
    return nextStepTo('post_message', here, why, ['body']);
  }
  if (others > 0) return wait(facts, 'There is nothing new: wait for the others, or post something with post_message.');
  if (bots.length)
    return nextStepTo(
      'post_message',
      here,
      'Only a bot is here with you: post something to it. help lists what it understands.',
      ['body'],
    );
  const why = 'You are alone in this channel, and nobody can join.';
  if (!isAdmin)
    return nextStepTo(
      'leave_channel',
      here,
      `${why} Leave, or ask the creator of the channel to invite another player.`,
    );
  return nextStepTo(
    'update_channel',
    { ...here, ops: [{ type: 'close' }] },
    `${why} Close it, or attach a bot with attach_bot.`,
  );
}
