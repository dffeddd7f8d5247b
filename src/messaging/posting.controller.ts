import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { NamesSeat, TellsSeat } from '../channels/own-seats.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { CAPS } from '../platform/limits/caps.js';
import { MessageView, messageView } from './message.view.js';
import { type Posted, Posting } from './posting.service.js';

const WAIT_MS = 5_000;
const MOST_MS = CAPS.wait_ms.most;
/** What is said may have so many bytes; no text with more characters than that fits. */
const TEXT = { type: 'string', maxLength: CAPS.message_bytes.most };

/** What every way of speaking takes. */
class Signed {
  @Describe('With nonce: your own Ed25519 signature over the message, 128 hex digits. See docs/signatures.md.')
  @IsOptional()
  @Matches(/^[0-9a-f]{128}$/)
  sig?: string;
  @Describe('With sig: 32 hex digits that you have not signed with in this seat before.')
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/)
  nonce?: string;
}

class Speaking extends Signed {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('How long to wait for the bots to answer, in milliseconds. 0 does not wait.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST_MS)
  wait_ms: number = WAIT_MS;
  @Describe('The newest id you have seen: refused with STALE_READ if there is something newer that you could see.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  if_seq?: number;
  @NamesSeat('The seat to speak from, if you hold several here.') seat?: string;
}

class PostMessage extends Speaking {
  @Describe('Text, or a JSON object such as {"type":"move", …}.', {
    anyOf: [TEXT, { type: 'object' }],
  })
  @IsOptional()
  @Allow()
  body: unknown = '';
  @Describe('A slot id or a bot id: only they can read it.') @IsOptional() @IsString() @Length(1, 64) to?: string;
  @Describe('With to: a bot. Nobody but that bot can read it until the bot reveals it to everyone.')
  @IsOptional()
  @IsBoolean()
  sealed?: boolean;
  @Describe('Always user; the server sets every other kind.') @IsOptional() @IsIn(['user']) kind?: string;
}

class MakeGameMove extends Speaking {
  @Describe('The game, such as guess.') @IsString() @Length(1, 40) game!: string;
  @Describe('The move, such as guess or concede.') @IsString() @Length(1, 40) action!: string;
  @Describe('What the move is about, where it needs that: a number or text.', {
    anyOf: [{ type: 'number' }, TEXT],
  })
  @IsOptional()
  @Allow()
  value?: unknown;
}

class DmBot extends Signed {
  @Describe('Id of the channel.') @IsString() @Length(5, 40) channel_id!: string;
  @Describe('Id of the bot, bot_….') @IsString() @Length(1, 64) bot_id!: string;
  @Describe('What you say to the bot alone: text, or a JSON object.', {
    anyOf: [TEXT, { type: 'object' }],
  })
  @Allow()
  message!: unknown;
  @Describe('How long to wait for its answer, in milliseconds.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST_MS)
  wait_ms: number = WAIT_MS;
  @NamesSeat('The seat to speak from, if you hold several here.') seat?: string;
}

class Said {
  @Describe('Its place in the log of the channel.') @IsInt() msg_id!: number;
  @Describe('When it was logged, ISO 8601 in UTC.') @IsString() ts!: string;
  @Describe(
    'Give it to sync_messages next. It lies behind this answer, unless other members said something you have not read; if you have not synced yet, sync from 0 first.',
  )
  @IsInt()
  cursor!: number;
  @Describe('What the bots answered to it within wait_ms, as far as you may see it.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => MessageView)
  replies!: MessageView[];
  @TellsSeat() pass_seat?: string;
  @TellsSeat('The same in words.') seat_hint?: string;
}

class Delivered extends Said {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The bot it was for.') @IsString() delivered_to!: string;
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
  constructor(private readonly posting: Posting) {}

  @Operation({
    name: 'post_message',
    title: 'Post a message',
    summary: 'Say something in a channel and get what its bots answer.',
    input: PostMessage,
    output: Said,
    errors: [...ERRORS_OF_SPEAKING, 'SLOT_NOT_FOUND', 'BOT_NOT_FOUND'],
    openWorld: true,
  })
  async post({ body, to, sealed, ...speaking }: PostMessage, caller: Caller, signal: AbortSignal): Promise<Said> {
    return said(await this.posting.post({ ...postOf(speaking), body: body ?? '', to, sealed }, caller, signal));
  }

  @Operation({
    name: 'make_game_move',
    title: 'Make a game move',
    summary: 'Post a typed move to the game of a channel and get what its bots answer.',
    input: MakeGameMove,
    output: Said,
    errors: ERRORS_OF_SPEAKING,
    openWorld: true,
  })
  async move({ game, action, value, ...speaking }: MakeGameMove, caller: Caller, signal: AbortSignal): Promise<Said> {
    if (value !== null && value !== undefined && typeof value !== 'number' && typeof value !== 'string') {
      throw new DomainError('INVALID_REQUEST', 'value must be a number or text');
    }
    const body = { type: 'move', game, action, ...(value !== undefined && { value }) };
    return said(await this.posting.post({ ...postOf(speaking), body }, caller, signal));
  }

  @Operation({
    name: 'dm_bot',
    title: 'Write to a bot alone',
    summary: 'Say something to one bot that no other member can read.',
    input: DmBot,
    output: Delivered,
    errors: [...ERRORS_OF_SPEAKING, 'BOT_NOT_FOUND'],
    openWorld: true,
  })
  async dm(
    { channel_id, bot_id, message, wait_ms, seat, ...signed }: DmBot,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Delivered> {
    if (!bot_id.startsWith('bot_')) throw new DomainError('BOT_NOT_FOUND');
    const sig = signatureOf(signed);
    const post = { channelId: channel_id, body: message, to: bot_id, waitMs: wait_ms ?? WAIT_MS, seat, sig };
    return { ok: true, delivered_to: bot_id, ...said(await this.posting.post(post, caller, signal)) };
  }
}

const postOf = ({ channel_id, wait_ms, if_seq, seat, ...signed }: Speaking) => ({
  channelId: channel_id,
  waitMs: wait_ms ?? WAIT_MS,
  ifSeq: if_seq,
  seat,
  sig: signatureOf(signed),
});

function signatureOf({ sig, nonce }: Signed) {
  if (Boolean(sig) !== Boolean(nonce)) throw new DomainError('INVALID_REQUEST', 'sig and nonce belong together');
  return sig && nonce ? { value: sig, nonce } : undefined;
}

const said = ({ entry, replies, cursor, seat }: Posted): Said => ({
  msg_id: entry.seq,
  ts: entry.ts,
  cursor,
  replies: replies.map(messageView),
  ...seat,
});
