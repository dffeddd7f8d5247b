interface Row {
  readonly status: number;
  readonly title: string;
  readonly fix: string;
  /** A question to the user: which value `field` should have, of the list in the fact named `choicesFact`. */
  readonly asks?: { readonly field: string; readonly choicesFact: string; readonly question: string };
}

/** Every error that a caller can receive. A code never changes; status, title and fix depend on it. */
export const ERRORS = {
  INVALID_REQUEST: {
    status: 400,
    title: 'The input is not valid for this operation',
    fix: 'Correct the fields named in detail and call again.',
  },
  BAD_OP: { status: 400, title: 'No such channel operation', fix: 'Use one of the ops that update_channel lists.' },
  SEAT_AMBIGUOUS: {
    status: 400,
    title: 'You hold several seats in this channel, and the call does not say which one',
    fix: 'Pass seat with the slot id that join_channel gave you.',
    asks: {
      field: 'seat',
      choicesFact: 'seats',
      question: 'You hold several seats in this channel. Which one do you want to use?',
    },
  },
  AUTHENTICATION_REQUIRED: {
    status: 401,
    title: 'You are not signed in',
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
    title: 'Your account does not have the role for this operation',
    fix: 'Ask an admin of this server for the role. Authorizing again does not help.',
  },
  FORBIDDEN_ORIGIN: {
    status: 403,
    title: 'This host or origin may not call the server',
    fix: 'Use the address that the server printed when it started.',
  },
  NOT_MEMBER: {
    status: 403,
    title: 'You have no seat in this channel',
    fix: 'Join with an invite. If you had a seat, call join_channel with your rejoin token as invite_code, or with channel_id from the same account.',
  },
  NOT_ADMIN: {
    status: 403,
    title: 'Only an admin of the channel can do this',
    fix: 'Ask the creator or another admin of the channel.',
  },
  NOT_PARTY: {
    status: 403,
    title: 'Only members who play in the current round can agree to a change of it',
    fix: 'Call from the session that holds the player seat. If you do not play, wait until the round is over.',
  },
  OBSERVER: {
    status: 403,
    title: 'An observer can read, but cannot post or play',
    fix: 'Join with an invite for a player seat.',
  },
  SIGNATURE_REQUIRED: {
    status: 403,
    title: 'This seat accepts signed messages only',
    fix: 'Sign the message with the key of the seat and pass sig and nonce.',
  },
  SIGNATURE_INVALID: {
    status: 403,
    title: 'The signature is not valid for this seat and this message',
    fix: 'Sign the statement described in /docs/signatures with the key that was given when the seat was first taken.',
  },
  INTERESTED: {
    status: 403,
    title: 'You are involved in a round in play that this would affect',
    fix: 'Ask another moderator or admin: one who does not play in it, did not create the channel, does not administer it and did not write the code of its bot.',
  },
  CODE_BLOCKED: {
    status: 403,
    title: 'The operator of this server has blocked this code',
    fix: 'Attach another bot. The decision applies to this exact source under any name.',
  },
  CODE_QUARANTINED: {
    status: 403,
    title: 'The operator of this server is reviewing this code, and it cannot be attached for now',
    fix: 'Attach another bot, or try again later.',
  },
  NOT_FOUND: { status: 404, title: 'Nothing is served at this address', fix: 'See /docs for the list of operations.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This operation uses another HTTP method',
    fix: 'Use the method in the Allow header.',
  },
  SLOT_NOT_FOUND: { status: 404, title: 'The channel has no such slot', fix: 'Call who to see its slots.' },
  BOT_NOT_FOUND: {
    status: 404,
    title: 'There is no such bot',
    fix: 'Call who to list the bots of the channel, or list_presets to list the presets.',
  },
  CODE_NOT_FOUND: {
    status: 404,
    title: 'This code was never attached on this server',
    fix: 'Call list_bot_code to list the available hashes.',
  },
  MESSAGE_NOT_FOUND: {
    status: 404,
    title: 'The message does not exist, or you may not read it',
    fix: 'Call sync_messages to read the messages that you may read.',
  },
  CHANGE_NOT_FOUND: {
    status: 404,
    title: 'There is no open proposal with this id',
    fix: 'It was carried out, has expired, or its round is over. Call sync_messages to read the current proposals.',
  },
  RUN_NOT_FOUND: {
    status: 404,
    title: 'The run does not exist, or you may not read it',
    fix: 'Call list_runs to list the runs that you may read.',
  },
  TRANSCRIPT_LINK_INVALID: {
    status: 404,
    title: 'This link to a transcript is not valid, or no longer valid',
    fix: 'Call export_transcript for a new link.',
  },
  DOCUMENT_NOT_FOUND: { status: 404, title: 'There is no such document', fix: 'Call search to find documents.' },
  ACCOUNT_NOT_FOUND: {
    status: 404,
    title: 'There is no such account',
    fix: 'Call list_accounts to list the accounts.',
  },
  ACCESS_NOT_FOUND: {
    status: 404,
    title: 'Your account has no such token or connected app',
    fix: 'Call list_tokens to list your tokens and connected apps.',
  },
  INVITE_INVALID: {
    status: 404,
    title: 'This invite is unknown, used or revoked',
    fix: 'Ask an admin of the channel for a new invite.',
  },
  REJOIN_TOKEN_INVALID: {
    status: 404,
    title: 'This rejoin token is unknown, used or revoked',
    fix: 'Each rejoin gives a new token: use the newest one, or call join_channel with channel_id from the same account.',
  },
  NO_ACCOUNTS: {
    status: 409,
    title: 'This server has no accounts',
    fix: 'The server runs in open mode, where each sign-in is a new guest. The operator can set AUTH_MODE=accounts.',
  },
  SIGN_UP_CLOSED: {
    status: 409,
    title: 'Sign-up is closed on this server',
    fix: 'The operator can set SIGN_UP=invite, or create an account with npm run admin -- create NAME.',
  },
  LAST_ADMIN: {
    status: 409,
    title: 'This account is the last admin of the server',
    fix: 'Make another account an admin first.',
  },
  CHANNEL_CLOSED: {
    status: 409,
    title: 'The channel is closed',
    fix: 'You can still read it. Call create_channel to open a new one.',
  },
  CHANNEL_FULL: {
    status: 409,
    title: 'All seats of the channel are taken',
    fix: 'Wait until a member leaves, or ask an admin of the channel to free a seat. list_channels lists other public channels.',
  },
  SLOT_ALREADY_FILLED: {
    status: 409,
    title: 'The slot is already taken',
    fix: 'Ask for another invite. For a bot, name a free slot, or free this one with remove_bot or yield_slot.',
  },
  ALREADY_REPORTED: {
    status: 409,
    title: 'You have already reported this bot for this reason',
    fix: 'An admin of the server will look at it. You can report the bot for another reason.',
  },
  SECRET_IS_KNOWN: {
    status: 400,
    title: 'A secret of this bot can already be read by everyone',
    fix: 'Give a secret that does not appear in the source, manifest or params of the bot or in the messages of the channel.',
  },
  SECRETS_FIXED: {
    status: 409,
    title: 'The secrets of an attached bot cannot be changed',
    fix: 'Attach the bot again with set_bot and pass env.',
  },
  SECRETS_NOT_ALLOWED: {
    status: 409,
    title: 'A bot with secrets cannot be used in a contest',
    fix: 'Attach a bot whose manifest needs no secrets, or use a channel that is not a contest.',
  },
  DISTINCT_MEMBERS_REQUIRED: {
    status: 409,
    title: 'An account may hold only one player seat in this channel, and yours already holds one',
    fix: 'Use the seat named in detail. Another account can use this invite. To play both sides, create a channel without distinct_members.',
  },
  ROUND_IN_PLAY: {
    status: 409,
    title: 'A round is in play, and every party must agree to this change',
    fix: 'Wait until the round is over, or call propose_change: the change is made when every party has called agree_change. MCP clients list both tools at /mcp?tools=core,play.',
  },
  NO_ROUND_IN_PLAY: {
    status: 409,
    title: 'No round is in play in this channel, so nobody has to agree',
    fix: 'An admin of the channel can call update_channel directly.',
  },
  SIGNATURE_REPLAYED: {
    status: 409,
    title: 'This nonce was already used for a signature in this seat',
    fix: 'Sign again with a new nonce.',
  },
  STALE_STATE: {
    status: 409,
    title: 'The state of the bot has changed since you read it',
    fix: 'Call debug_bot with action inspect_state, then try again.',
  },
  NOT_CONFIRMED: {
    status: 409,
    title: 'The person who was asked did not confirm',
    fix: 'Nothing was changed. Ask the person what to do instead.',
  },
  STALE_READ: {
    status: 409,
    title: 'The channel has new messages that you have not read',
    fix: 'Call sync_messages, read the new messages, then try again.',
  },
  QUOTA_REACHED: {
    status: 409,
    title: 'Your account has reached a limit',
    fix: 'Close or remove what you no longer need. get_limits shows the limits.',
  },
  STORAGE_QUOTA_REACHED: {
    status: 409,
    title: 'Your account has no storage left',
    fix: 'The field policy names the limit: storage_mb is for the whole server, channel_storage_mb for this channel. Messages of at most 4096 bytes are still accepted until your own messages reach channel_storage_mb. The operator can raise both limits; get_limits shows them.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    fix: 'Send at most as many bytes as the field limit says.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The request body is not JSON in UTF-8',
    fix: 'Send the body as JSON in UTF-8, not compressed, with Content-Type: application/json.',
  },
  BOT_INVALID: {
    status: 422,
    title: 'The bot cannot be attached as it is',
    fix: 'Correct the fault that detail names. Nothing was created.',
  },
  TEXT_NOT_ALLOWED: {
    status: 422,
    title: 'Free text is not allowed in this channel',
    fix: 'Post one of its moves as an object, and use a single plain word for each name. The mode of a channel never changes.',
  },
  MODULE_NOT_ALLOWED: {
    status: 422,
    title: 'The bot imports a module that is not allowed',
    fix: 'Use only the modules that the field allowed lists.',
  },
  RATE_LIMIT: {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait for retry_after_ms milliseconds, then try again. get_limits shows what you have left.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'The server has failed',
    fix: 'Try again. If the error persists, tell the operator the request_id.',
  },
  DISK_SPACE_LOW: {
    status: 507,
    title: 'The disk of the server is nearly full',
    fix: 'Messages of at most 4096 bytes are still accepted, so games continue. Try new channels, bots and large messages later, and tell the operator.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The server cannot reach its database',
    fix: 'Try again in a few seconds. If detail says that the outcome is unknown, read first whether your call took effect.',
  },
  LOG_ROLLED_BACK: {
    status: 503,
    title: 'The database of this server is older than what the server has signed, so it signs nothing',
    fix: 'Channels continue without checkpoints. Tell the operator: docs/operating.md says how to restore a backup.',
  },
  LOG_CHANGED: {
    status: 503,
    title: 'The stored entries differ from those that the server has signed, so it signs no checkpoint of this log',
    fix: 'Keep the checkpoints that you have: they prove it. Tell the operator: docs/operating.md says what to do.',
  },
  SANDBOX_UNAVAILABLE: {
    status: 503,
    title: 'No sandbox on this server can run this bot',
    fix: 'Write the bot in JavaScript or TypeScript without Node modules, or ask the operator to install a container engine.',
  },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERRORS;

/** The extra members of a problem: our own numbers, names and lists, never text of other people. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/** Replaces all characters of a caller's text except printable ASCII and cuts it, so that an error may repeat it. */
export const printable = (text: string, maxLength = 120) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, maxLength);

/** An error for the caller. Any layer may throw it; only the doors (REST and MCP) convert it to a response. */
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

/** The value of the Retry-After header in seconds, for an error that says when to try again. */
export const retryAfterOf = ({ retry_after_ms: ms }: ErrorFacts): string | undefined =>
  typeof ms === 'number' ? String(Math.max(1, Math.ceil(ms / 1_000))) : undefined;

/**
 * Converts an error to RFC 9457 problem details. Anything but a DomainError becomes INTERNAL_ERROR, without its
 * message.
 */
export function toProblem(error: unknown, requestId?: string): Problem {
  const domainError = error instanceof DomainError ? error : new DomainError('INTERNAL_ERROR');
  const { status, title, fix } = ERRORS[domainError.code];
  return {
    type: `/docs#${domainError.code}`,
    title,
    status,
    code: domainError.code,
    ...(domainError.detail && { detail: domainError.detail }),
    fix,
    ...domainError.facts,
    ...(requestId && { request_id: requestId }),
  };
}

/** Whether the operator has to know about a problem: it is the server's, and its answer does not say why. */
export const isFault = ({ code }: Problem) => code === 'INTERNAL_ERROR' || code === 'DATABASE_UNAVAILABLE';

/** The problem as one line for people and models: its code, title, detail and fix. */
export function errorLine({ code, title, detail, fix }: Problem): string {
  const sentence = detail ? `${title}: ${detail}` : title;
  return `${code}: ${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`} ${fix}`;
}

/** The question to the user whose answer corrects the error, with the choices; undefined if there is none. */
export function asksOf({ code, facts }: DomainError) {
  const { asks }: Row = ERRORS[code];
  const choices = asks && facts[asks.choicesFact];
  return asks && Array.isArray(choices) ? { ...asks, choices: choices.map(String) } : undefined;
}
