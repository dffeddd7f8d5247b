interface Row {
  readonly status: number;
  readonly title: string;
  readonly fix: string;
  /** The person behind the caller can mend it: by choosing what goes into this field, one of those in this fact. */
  readonly asks?: { readonly field: string; readonly among: string; readonly question: string };
}

/** Every failure a caller can be told about. The code never changes; status, title and fix derive from it. */
export const ERRORS = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The input does not match the operation',
    fix: 'Correct the fields named in detail and call again.',
  },
  BAD_OP: { status: 400, title: 'No such channel operation', fix: 'Use one of the ops that update_channel lists.' },
  SEAT_AMBIGUOUS: {
    status: 400,
    title: 'It is not clear which of your seats is meant',
    fix: 'Name one of them in the field seat: the one that your join_channel answered with.',
    asks: {
      field: 'seat',
      among: 'seats',
      question: 'You hold several seats in this channel. Which of them is meant?',
    },
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    title: 'Nobody is signed in',
    fix: 'Authorize with OAuth and send the access token as a Bearer header.',
  },
  INVALID_TOKEN: {
    status: 401,
    title: 'The access token is unknown, expired or revoked',
    fix: 'Refresh the token or authorize again.',
  },
  INSUFFICIENT_SCOPE: {
    status: 403,
    title: 'The access token does not cover this operation',
    fix: 'Authorize again with the scope named in detail.',
  },
  ROLE_REQUIRED: {
    status: 403,
    title: 'Your account may not do this',
    fix: 'Ask an admin of this server. Authorizing again does not help.',
  },
  FORBIDDEN_ORIGIN: {
    status: 403,
    title: 'This host or origin may not call the server',
    fix: 'Call the address that the server printed at its start.',
  },
  NOT_MEMBER: {
    status: 403,
    title: 'You hold no seat in this channel',
    fix: 'Join with an invite. If you had a seat, call join_channel with your rejoin token as invite_code, or with channel_id from the same account.',
  },
  NOT_ADMIN: {
    status: 403,
    title: 'Only an admin of the channel can do this',
    fix: 'Ask the creator or a member whose slot is admin.',
  },
  NOT_PARTY: {
    status: 403,
    title: 'Only who plays in a round in play is asked about it',
    fix: 'Call from the session that holds the seat. Others wait until the round is over.',
  },
  OBSERVER: {
    status: 403,
    title: 'An observer reads, and neither speaks nor plays',
    fix: 'Join with an invite for a player seat.',
  },
  SIGNATURE_REQUIRED: {
    status: 403,
    title: 'This seat takes only what its member has signed',
    fix: 'Sign the message with the key of the seat: sig and nonce.',
  },
  SIGNATURE_INVALID: {
    status: 403,
    title: 'The signature is not one of this seat over this message',
    fix: 'Sign the statement of docs/signatures.md, with the key that the seat was taken with.',
  },
  INTERESTED: {
    status: 403,
    title: 'You have an interest in this code while it referees a round in play',
    fix: 'Let a moderator decide who neither plays in front of it, nor made the channel, nor wrote the code.',
  },
  CODE_BLOCKED: {
    status: 403,
    title: 'The operator of this server has blocked this code',
    fix: 'Attach another bot. The decision holds for this very source, under any name.',
  },
  CODE_QUARANTINED: {
    status: 403,
    title: 'The operator of this server looks at this code and lets nobody attach it for now',
    fix: 'Attach another bot, or try again later.',
  },
  NOT_FOUND: { status: 404, title: 'Nothing is served at this address', fix: 'See /docs for every operation.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This operation is asked for with another method',
    fix: 'Use the method in the Allow header.',
  },
  SLOT_NOT_FOUND: { status: 404, title: 'The channel has no such slot', fix: 'Call who to see its slots.' },
  BOT_NOT_FOUND: {
    status: 404,
    title: 'There is no such bot',
    fix: 'Call who, or list_presets, to see which there are.',
  },
  CODE_NOT_FOUND: {
    status: 404,
    title: 'No such code was ever attached here',
    fix: 'Call list_bot_code to see which there is.',
  },
  MESSAGE_NOT_FOUND: {
    status: 404,
    title: 'The channel has no such message that you may read',
    fix: 'Call sync_messages to see which there are.',
  },
  CHANGE_NOT_FOUND: {
    status: 404,
    title: 'There is no such proposed change to agree to',
    fix: 'It was done, has expired, or its round is over. Call sync_messages to see which are proposed.',
  },
  RUN_NOT_FOUND: {
    status: 404,
    title: 'The bot has no such run that you may read',
    fix: 'Call list_runs to see which there are.',
  },
  DOCUMENT_NOT_FOUND: { status: 404, title: 'There is no such document', fix: 'Call search to see which there are.' },
  ACCOUNT_NOT_FOUND: {
    status: 404,
    title: 'There is no such account',
    fix: 'Call list_accounts to see which there are.',
  },
  ACCESS_NOT_FOUND: {
    status: 404,
    title: 'Your account has no such token or connected app',
    fix: 'Call list_tokens to see which there are.',
  },
  INVITE_INVALID: {
    status: 404,
    title: 'This invite is unknown, used or revoked',
    fix: 'Ask an admin of the channel for a new one.',
  },
  REJOIN_TOKEN_INVALID: {
    status: 404,
    title: 'This rejoin token is unknown, used or revoked',
    fix: 'Each rejoin gives a new token; use the newest, or join_channel with channel_id from the same account.',
  },
  NO_ACCOUNTS: {
    status: 409,
    title: 'This server has no accounts',
    fix: 'It runs in open mode, where every grant is a guest of its own. The operator can set AUTH_MODE=accounts.',
  },
  SIGN_UP_CLOSED: {
    status: 409,
    title: 'Nobody can sign up on this server',
    fix: 'The operator can set SIGN_UP=invite, or name somebody with npm run admin -- create NAME.',
  },
  LAST_ADMIN: {
    status: 409,
    title: 'This is the last admin of the server',
    fix: 'Make somebody else an admin first.',
  },
  CHANNEL_CLOSED: {
    status: 409,
    title: 'The channel is closed',
    fix: 'It can still be read. Open a new one to go on.',
  },
  CHANNEL_FULL: { status: 409, title: 'Every seat of the channel is taken', fix: 'Ask an admin for an invite.' },
  SLOT_ALREADY_FILLED: {
    status: 409,
    title: 'Someone already sits in this slot',
    fix: 'Ask for another invite. For a bot, name a slot that is free, or free this one with remove_bot or yield_slot.',
  },
  ALREADY_REPORTED: {
    status: 409,
    title: 'You have reported this bot for this reason already',
    fix: 'An admin will look at it. Report it for another reason if there is one.',
  },
  SECRET_IS_KNOWN: {
    status: 400,
    title: 'What would be a secret of this bot can be read by everyone',
    fix: 'Give a secret that stands neither in the source, the manifest or the params of the bot nor in what was said in the channel.',
  },
  SECRETS_FIXED: {
    status: 409,
    title: 'Secrets are given when a bot is attached, and stay as they are',
    fix: 'Attach the bot anew with set_bot, and give env with it.',
  },
  SECRETS_NOT_ALLOWED: {
    status: 409,
    title: 'A bot with secrets may not play in a contest',
    fix: 'Attach a bot whose manifest needs no secrets, or use a channel that is no contest.',
  },
  DISTINCT_MEMBERS_REQUIRED: {
    status: 409,
    title: 'In this channel an account holds one player seat, and yours holds one already',
    fix: 'Go on in the seat that detail names. Another account can use this invite; to play both sides, open a channel without distinct_members.',
  },
  ROUND_IN_PLAY: {
    status: 409,
    title: 'A round is in play, and nobody alone may do this to it',
    fix: 'Wait until the round is over, or call propose_change: it is done once every party has called agree_change. MCP clients list both with /mcp?tools=core,play.',
  },
  NO_ROUND_IN_PLAY: {
    status: 409,
    title: 'No round is in play here, so nobody has to be asked',
    fix: 'An admin of the channel calls update_channel.',
  },
  SIGNATURE_REPLAYED: {
    status: 409,
    title: 'This nonce was signed with before',
    fix: 'Sign again with a new nonce.',
  },
  STALE_STATE: {
    status: 409,
    title: 'The state of the bot has changed since you looked at it',
    fix: 'Call debug_bot with inspect_state, then decide again.',
  },
  NOT_CONFIRMED: {
    status: 409,
    title: 'The person who was asked did not say yes',
    fix: 'Nothing was changed. Ask them what they want instead.',
  },
  STALE_READ: {
    status: 409,
    title: 'The channel has moved on since you read it',
    fix: 'Call sync_messages, read what is new, then decide again.',
  },
  QUOTA_REACHED: {
    status: 409,
    title: 'Your account has as many of these as it may have',
    fix: 'Close or remove one that you no longer need; get_limits shows how many there may be.',
  },
  STORAGE_QUOTA_REACHED: {
    status: 409,
    title: 'No room is left for what you want to be kept',
    fix: 'Send less. Of policy storage_mb, small messages still go through; room comes back when closed channels are retired. The operator can give you more; get_limits shows how much there is.',
  },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large', fix: 'Send at most the number of bytes in limit.' },
  BOT_INVALID: {
    status: 422,
    title: 'The bot cannot be attached as it is',
    fix: 'Correct what detail names; nothing was created.',
  },
  TEXT_NOT_ALLOWED: {
    status: 422,
    title: 'This channel keeps free text out',
    fix: 'Post one of its moves as an object, and name things by one plain word. The mode of a channel never changes.',
  },
  MODULE_NOT_ALLOWED: {
    status: 422,
    title: 'The bot imports a module that is not allowed',
    fix: 'Use only the modules listed in allowed.',
  },
  RATE_LIMIT: {
    status: 429,
    title: 'The server is asked too much at once',
    fix: 'Wait for retry_after_ms, then try again. get_limits shows what is left.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'The server failed',
    fix: 'Try again. If it stays, tell the operator the request_id.',
  },
  DISK_SPACE_LOW: {
    status: 507,
    title: 'The disk of the server is nearly full',
    fix: 'Games go on: messages of at most 4096 bytes still go through. Wait with new channels, bots and large messages, and tell the operator.',
  },
  SANDBOX_UNAVAILABLE: {
    status: 503,
    title: 'No sandbox on this server can run this bot',
    fix: 'Write the bot in JavaScript or TypeScript without modules of Node, or ask the operator for a container engine.',
  },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERRORS;

/** What travels beside the code: numbers, names and lists of our own, never somebody else's words. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/** A word of the caller's own, short and plain enough to be handed back in an error. */
export const printable = (text: string, most = 120) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, most);

/** A failure the caller is told about. Thrown where it is found out; only the doors turn it into an answer. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly facts: ErrorFacts = {},
  ) {
    super(`${code}${detail ? `: ${detail}` : ''}`);
  }
}

export interface Problem extends ErrorFacts {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly fix: string;
}

/** The value of Retry-After for a refusal that says when to try again. */
export const retryAfterOf = ({ retry_after_ms: ms }: ErrorFacts): string | undefined =>
  typeof ms === 'number' ? String(Math.max(1, Math.ceil(ms / 1_000))) : undefined;

/** RFC 9457 problem details. What is not a DomainError leaves as INTERNAL_ERROR, without its message. */
export function toProblem(error: unknown, requestId?: string): Problem {
  const known = error instanceof DomainError ? error : new DomainError('INTERNAL_ERROR');
  const { status, title, fix } = ERRORS[known.code];
  return {
    type: `/docs#${known.code}`,
    title,
    status,
    code: known.code,
    ...(known.detail && { detail: known.detail }),
    fix,
    ...known.facts,
    ...(requestId && { request_id: requestId }),
  };
}

/** What a person could be asked to mend a refusal, and what they can choose from. */
export function asksOf({ code, facts }: DomainError) {
  const { asks }: Row = ERRORS[code];
  const choices = asks && facts[asks.among];
  return asks && Array.isArray(choices) ? { ...asks, choices: choices.map(String) } : undefined;
}
