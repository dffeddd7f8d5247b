import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { DEFAULT_LIMITS, type Json } from '../../../bot-sdk/contract.js';
import { byteLength, NotJsonError, plainJson } from '../../../bot-sdk/plain-json.js';
import { assertTakesText } from '../../channels/channel-mode.js';
import type { Caller } from '../../kernel/caller.js';
import { DomainError, printable } from '../../kernel/errors.js';
import { History } from '../../messaging/history.js';
import { messageView } from '../../messaging/message.view.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { Rounds } from '../attachments/rounds.service.js';
import { opOf, type ReplaceState } from './debug-payloads.js';
import { DebugRecords } from './debug-records.js';
import { assertAttached, assertWithoutSecrets, DebugSessions, type DebugTarget } from './debug-sessions.js';
import { publicStateOf, stateCommitment } from './public-state.js';

/** Shows admins of a channel the public part of a bot's state, and replaces the state (inspect_state, replace_state). */
@Injectable()
export class StateDebugging {
  constructor(
    private readonly sessions: DebugSessions,
    private readonly records: DebugRecords,
    private readonly history: History,
    private readonly rounds: Rounds,
  ) {}

  inspect(target: DebugTarget, caller: Caller) {
    return this.sessions.look(target, caller, async (session) => {
      const { tx, attachment, mask, standing } = session;
      // A bot that quotes members may have their text in its state. Where text is restricted, such text is read one
      // message at a time.
      const isWithheld = standing.channel.mode !== 'open' && attachment.isQuoting();
      const shown = isWithheld ? undefined : publicStateOf(attachment);
      const posted = await this.history.lastSaid(tx, attachment.channelId, `bot:${attachment.botId}`, 'bot:state');
      return {
        ...(await this.records.record(session, 'inspect_state')),
        state_commit: await this.commitment(tx, attachment, attachment.stateJson),
        ...(shown !== undefined && mask && { state_public: mask.masked(shown) }),
        ...(posted && { posted_state: { ...messageView(posted).body, msg_id: posted.seq } }),
      };
    });
  }

  /**
   * Throws STALE_STATE if the state has another version than expected, BODY_TOO_LARGE if it exceeds the bot's limit.
   */
  replace(target: DebugTarget, { state: given, expected_version: expected }: ReplaceState, caller: Caller) {
    const state = readState(given);
    const check = (attachment: Attachment) => assertCurrent(attachment, expected);
    return this.sessions.change(
      { action: 'replace_state', restartsBot: true, check },
      target,
      caller,
      async (session) => {
        const { tx, attachment, standing, mask } = session;
        assertTakesText(standing.channel.mode);
        assertAttached(attachment);
        assertWithoutSecrets(mask, state);
        assertFits(attachment, state);
        const before = await this.commitment(tx, attachment, attachment.stateJson);
        await this.keep(tx, attachment, state);
        const after = await this.commitment(tx, attachment, attachment.stateJson);
        const facts = { before, after, state_version: attachment.stateVersion };
        const recorded = await this.records.record(session, 'replace_state', facts);
        const { round } = attachment;
        // Only the admin knows the state, as with a private message to the bot: so the round can be in play from here on.
        await this.rounds.touch(tx, attachment, round, recorded.msg_id);
        await this.rounds.peek(tx, attachment, round, caller.accountId, opOf('replace_state'));
        return { ...recorded, before, after };
      },
    );
  }

  private async keep(tx: EntityManager, attachment: Attachment, state: Json) {
    attachment.stateJson = canonicalJson(state);
    attachment.stateVersion += 1;
    const { channelId, botId, stateJson, stateVersion } = attachment;
    await tx.update(Attachment, { channelId, botId }, { stateJson, stateVersion });
  }

  private async commitment(tx: EntityManager, attachment: Attachment, stateJson: string) {
    return stateCommitment(stateJson, await this.rounds.seed(tx, attachment, attachment.round));
  }
}

function readState(given: unknown): Json {
  try {
    return plainJson(given, 'payload.state');
  } catch (error) {
    if (error instanceof NotJsonError) throw new DomainError('INVALID_REQUEST', printable(error.message));
    throw error;
  }
}

function assertCurrent({ stateVersion }: Attachment, expected: number | undefined) {
  if (expected === undefined || expected === stateVersion) return;
  throw new DomainError('STALE_STATE', `the state is at version ${stateVersion}`, { state_version: stateVersion });
}

function assertFits(attachment: Attachment, state: Json) {
  const { stateBytes } = { ...DEFAULT_LIMITS, ...attachment.manifest().limits };
  if (byteLength(state) > stateBytes) throw new DomainError('BODY_TOO_LARGE', undefined, { limit: stateBytes });
}
