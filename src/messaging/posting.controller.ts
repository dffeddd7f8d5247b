import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { BotId, ChannelId, SeatField, SeatToPassField } from '../channels/operation-fields.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe, IsSafeInt } from '../kernel/schema.js';
import { CAPS } from '../platform/limits/caps.js';
import { AnswerCheckpoints, CheckpointField } from './answer-checkpoints.js';
import type { NewPost } from './drafts.service.js';
import { MessageView, messageView } from './message.view.js';
import { type Posted, Posting } from './posting.service.js';
import { WaitField, WaitHintField, waitOf } from './waits.js';

const WAIT_MS = 5_000;
/** The text has at most as many characters as a message may have bytes. */
const TEXT = { type: 'string', maxLength: CAPS.message_bytes.most };
/** An empty text is allowed. */
const ANY_TEXT = { ...TEXT, minLength: 0 };

/** The fields of every operation that posts. */
class Signed {
  @Describe('With nonce: your Ed25519 signature of the message, 128 hex digits. See /docs/signatures.')
  @IsOptional()
  @Matches(/^[0-9a-f]{128}$/)
  sig?: string;
  @Describe('With sig: 32 hex digits that were not used in this seat before.')
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/)
  nonce?: string;
}

class Speaking extends Signed {
  @ChannelId() channel_id!: string;
  @WaitField('How long to wait for the bots to answer, in milliseconds. 0: do not wait.') wait_ms: number = WAIT_MS;
  @Describe(
    'The newest id you have read. The call fails with STALE_READ if there is a newer message that you may read.',
  )
  @IsOptional()
  @IsSafeInt(0)
  if_seq?: number;
  @SeatField('The seat to post from, if you hold several here.') seat?: string;
}

class PostMessage extends Speaking {
  @Describe('Text, or a JSON object such as {"type":"move", …}.', {
    anyOf: [ANY_TEXT, { type: 'object' }],
  })
  @IsOptional()
  @Allow()
  body: unknown = '';
  @Describe('A slot id or a bot id: only they can read it.') @IsOptional() @IsString() @Length(1, 64) to?: string;
  @Describe('With to: a bot. Only that bot can read it until it reveals it to everyone.')
  @IsOptional()
  @IsBoolean()
  sealed?: boolean;
  @Describe('Your own word for what this is, kept in the body as label. The server sets the kind that others see.')
  @IsOptional()
  @IsString()
  @Length(1, 40)
  @Matches(/^[^\p{Cc}\p{Cf}]*$/u, { message: 'kind must not hold control or invisible characters' })
  kind?: string;
}

class MakeGameMove extends Speaking {
  @Describe('The game, such as guess.') @IsString() @Length(1, 40) game!: string;
  @Describe('The move, such as guess or concede.') @IsString() @Length(1, 40) action!: string;
  @Describe('The value of the move, if it needs one: a number or text.', {
    anyOf: [{ type: 'number' }, TEXT],
  })
  @IsOptional()
  @Allow()
  value?: unknown;
}

class DmBot extends Signed {
  @ChannelId() channel_id!: string;
  @BotId() bot_id!: string;
  @Describe('The private message to the bot: text, or a JSON object.', {
    anyOf: [ANY_TEXT, { type: 'object' }],
  })
  @Allow()
  message!: unknown;
  @WaitField('How long to wait for its answer, in milliseconds.') wait_ms: number = WAIT_MS;
  @SeatField('The seat to post from, if you hold several here.') seat?: string;
}

class Said {
  @Describe('Its place in the log of the channel.') @IsInt() msg_id!: number;
  @Describe('When it was logged, ISO 8601 in UTC.') @IsString() ts!: string;
  @Describe(
    'Pass it to sync_messages next. It is after this answer, unless there are messages of other members that you have not read. If you have not synced yet, start with cursor 0.',
  )
  @IsInt()
  cursor!: number;
  @Describe('The answers of the bots within wait_ms that you may read.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => MessageView)
  replies!: MessageView[];
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
  @WaitHintField() wait_hint?: string;
  @CheckpointField() checkpoint?: string;
}

class Delivered extends Said {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The bot it was sent to.') @IsString() delivered_to!: string;
}

const ERRORS_OF_SPEAKING = [
  'NOT_MEMBER',
  'SEAT_AMBIGUOUS',
  'OBSERVER',
  'STALE_READ',
  'BODY_TOO_LARGE',
  'SIGNATURE_REQUIRED',
  'SIGNATURE_INVALID',
  'SIGNATURE_REPLAYED',
  'TEXT_NOT_ALLOWED',
  'CHANNEL_CLOSED',
  'STORAGE_QUOTA_REACHED',
  'DISK_SPACE_LOW',
] as const;

@Controller()
export class PostingController {
  constructor(
    private readonly posting: Posting,
    private readonly checkpoints: AnswerCheckpoints,
  ) {}

  @Operation({
    name: 'post_message',
    title: 'Post a message',
    summary:
      'Post a message to a channel and get the answers of its bots. Text that a game understands, such as guess 50, is a move.',
    input: PostMessage,
    output: Said,
    errors: [...ERRORS_OF_SPEAKING, 'SLOT_NOT_FOUND', 'BOT_NOT_FOUND'],
    openWorld: true,
  })
  post({ body, to, sealed, kind, ...speaking }: PostMessage, caller: Caller, signal: AbortSignal): Promise<Said> {
    const label = kind === 'user' ? undefined : kind;
    return this.postAndWait({ ...postOf(speaking), body: body ?? '', label, to, sealed }, speaking, caller, signal);
  }

  @Operation({
    name: 'make_game_move',
    title: 'Make a game move',
    summary:
      'Post a typed move to the game of a channel and get the answers of its bots. Messages of the bot say which game, action and value it takes.',
    input: MakeGameMove,
    output: Said,
    errors: ERRORS_OF_SPEAKING,
    openWorld: true,
  })
  move({ game, action, value, ...speaking }: MakeGameMove, caller: Caller, signal: AbortSignal): Promise<Said> {
    const body = { type: 'move', game, action, ...(value !== undefined && { value }) };
    return this.postAndWait({ ...postOf(speaking), body }, speaking, caller, signal);
  }

  @Operation({
    name: 'dm_bot',
    title: 'Message a bot privately',
    summary: 'Send a private message to a bot. No other member can read it.',
    input: DmBot,
    output: Delivered,
    errors: [...ERRORS_OF_SPEAKING, 'BOT_NOT_FOUND'],
    openWorld: true,
    toolset: 'channels',
  })
  async dm(
    { channel_id, bot_id, message, wait_ms, seat, ...signed }: DmBot,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Delivered> {
    if (!bot_id.startsWith('bot_')) throw new DomainError('BOT_NOT_FOUND');
    const sig = signatureOf(signed);
    const post = { channelId: channel_id, body: message, to: bot_id, seat, sig };
    return { ok: true, delivered_to: bot_id, ...(await this.postAndWait(post, { wait_ms }, caller, signal)) };
  }

  private async postAndWait(
    post: Omit<NewPost, 'waitMs'>,
    { wait_ms }: Pick<Speaking, 'wait_ms'>,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Said> {
    const wait = waitOf('wait_ms', wait_ms);
    const posted = await this.posting.post({ ...post, waitMs: wait.ms }, caller, signal);
    return { ...said(posted), ...wait.hint, ...(await this.checkpoints.with(post.channelId, posted.replies)) };
  }
}

const postOf = ({ channel_id, if_seq, seat, ...signed }: Speaking) => ({
  channelId: channel_id,
  ifSeq: if_seq,
  seat,
  sig: signatureOf(signed),
});

function signatureOf({ sig, nonce }: Signed) {
  if (Boolean(sig) !== Boolean(nonce)) throw new DomainError('INVALID_REQUEST', 'sig and nonce must be given together');
  return sig && nonce ? { value: sig, nonce } : undefined;
}

const said = ({ entry, replies, cursor, seat }: Posted): Said => ({
  msg_id: entry.seq,
  ts: entry.ts,
  cursor,
  replies: replies.map(messageView),
  ...seat,
});
