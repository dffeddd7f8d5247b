import { BadFrame, type FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';

/** A request to the network has headers in it, and nothing below them; deeper than this is none. */
const MAX_REQUEST_DEPTH = 4;
const MAX_RUNTIME_NAME = 100;
const MAX_CONNECTION = 2 ** 32 - 1;

type Fields = Record<string, unknown>;
type Kind = FromSandbox['t'];

/**
 * The message in a frame's payload: exactly the fields of its kind, each of its type, so that nothing else can be passed on or
 * said back. What a run came to (`result`) and what is wrong with a bot (`error`) are looked at by who takes them. Throws a
 * BadFrame where it is no message.
 */
export function sandboxMessage(payload: Buffer): FromSandbox {
  const fields = parsed(payload);
  const { t } = fields;
  if (typeof t !== 'string' || !Object.hasOwn(READERS, t)) throw new BadFrame('a message of no known kind');
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
    // Said below.
  }
  throw new BadFrame('no message');
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new BadFrame('a text that is none');
  return value;
}

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new BadFrame('a number that is none');
  return value as number;
}

function connection(value: unknown): number {
  const number = whole(value);
  if (number < 0 || number > MAX_CONNECTION) throw new BadFrame('a connection that is none');
  return number;
}

function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_REQUEST_DEPTH) throw new BadFrame('a request that is nested too deeply');
  for (const part of Object.values(value)) shallow(part, depth + 1);
  return value;
}
