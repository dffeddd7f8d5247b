import { BadFrameError, type FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';

/** A web request contains its headers and nothing nested more deeply. */
const MAX_REQUEST_DEPTH = 4;
const MAX_RUNTIME_NAME = 100;
const MAX_CONNECTION = 2 ** 32 - 1;

type Fields = Record<string, unknown>;
type Kind = FromSandbox['t'];

/**
 * Parses the message of a frame: exactly the fields of its kind with their types, because the sandbox is untrusted. The
 * receiver checks the contents of `result` and `error`. Throws a BadFrameError if it is invalid.
 */
export function sandboxMessage(payload: Buffer): FromSandbox {
  const fields = parsed(payload);
  const { t } = fields;
  if (typeof t !== 'string' || !Object.hasOwn(READERS, t)) throw new BadFrameError('a message of an unknown kind');
  return READERS[t as Kind](fields);
}

const READERS: { [K in Kind]: (fields: Fields) => Extract<FromSandbox, { t: K }> } = {
  ready: ({ runtime }) => ({ t: 'ready', runtime: text(runtime).slice(0, MAX_RUNTIME_NAME) }),
  bound: () => ({ t: 'bound' }),
  unbound: ({ error }) => ({ t: 'unbound', error: error as never }),
  web: ({ id, n, request }) => ({ t: 'web', id: whole(id), n: whole(n), request: shallow(request) as never }),
  done: ({ id, result, is_clean, cpu_ms }) => ({
    t: 'done',
    id: whole(id),
    result,
    is_clean: is_clean === true,
    cpu_ms: typeof cpu_ms === 'number' ? cpu_ms : 0,
  }),
  open: ({ c, host, port }) => ({ t: 'open', c: connection(c), host: text(host), port: whole(port) }),
  end: ({ c }) => ({ t: 'end', c: connection(c) }),
  closed: ({ c }) => ({ t: 'closed', c: connection(c) }),
};

function parsed(payload: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Reported below.
  }
  throw new BadFrameError('no message');
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new BadFrameError('a field that is not a text');
  return value;
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new BadFrameError('a field that is not a whole number');
  return value as number;
}

function connection(value: unknown): number {
  const number = whole(value);
  if (number < 0 || number > MAX_CONNECTION) throw new BadFrameError('an invalid connection number');
  return number;
}

function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_REQUEST_DEPTH) throw new BadFrameError('a request that is nested too deeply');
  for (const part of Object.values(value)) shallow(part, depth + 1);
  return value;
}
