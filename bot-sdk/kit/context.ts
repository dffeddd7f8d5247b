/**
 * Fourth part of the kit: the `ctx` object. Both spellings of a name are the same function. All before `readInput` is the
 * same for every hook, so an engine can run it once and keep its memory as it is then.
 */
export const CONTEXT = /* js */ `
const bodyRoom = { limit: 0, code: 'BODY_TOO_LARGE' };
const stateRoom = { limit: 0, code: 'STATE_TOO_LARGE' };
const small = { limit: 4096, code: 'BAD_EFFECT' };
const asked = (value, at) => (value === undefined ? 'null' : encode(value, at, small));

function post(kind, body, options) {
  const { to, sealed } = options ?? { __proto__: null };
  const request = '{"kind":' + asked(kind, 'kind') + (to === undefined ? '' : ',"to":' + asked(to, 'to')) +
    ',"sealed":' + (sealed ? 'true' : 'false') + ',"body":' + encode(body, 'body', bodyRoom) + '}';
  return { handle: ask('post', request), ts: input.now };
}
const dm = (seat, kind, body) => post(kind, body, { to: seat ?? null });
const reveal = (target) => ask('reveal', asked(target !== null && typeof target === 'object' ? target.handle : target, 'target'));
const getState = () => ask('get_state', 'null');
const setState = (state, expected) =>
  ask('set_state', '{"expected":' + asked(expected, 'expected_version') + ',"value":' + encode(state, 'state', stateRoom) + '}');
const setTimer = (name, seconds) => ask('set_timer', '{"name":' + asked(name, 'name') + ',"seconds":' + asked(seconds, 'seconds') + '}');
const clearTimer = (name) => ask('clear_timer', asked(name, 'name'));
const finish = (result) => ask('finish', result === undefined ? '{}' : encode(result, 'result', bodyRoom));
const updateChannel = (ops) => ask('update_channel', encode(ops, 'ops', bodyRoom));
const random = (k) => (k === undefined ? ask('unit', 'null') : ask('below', asked(k, 'k')));

/** Requests that the host has not answered yet: resolve and reject by the request's number. */
const open = [];
const answerTo = (request) => new RealPromise((resolve, reject) => { open[ask('web', request)] = [resolve, reject]; });
host('settler', 'null', (text) => {
  const { n, answer } = parse(text);
  const [resolve, reject] = open[n];
  open[n] = undefined;
  if (answer.kind === 'failed') reject(fail(answer.code, answer.detail));
  else resolve(answer.kind === 'seen' ? answer.sight : responseOf(n, answer));
});
const lower = RealString.prototype.toLowerCase, join = Array.prototype.join;
function responseOf(n, { url, status, headers, receipt }) {
  const get = (name) => {
    const values = [];
    const wanted = apply(lower, RealString(name), []);
    for (let i = 0; i < headers.length; i++) if (headers[i][0] === wanted) values[values.length] = headers[i][1];
    return values.length ? apply(join, values, [', ']) : null;
  };
  const text = async () => ask('web_text', encode(n, 'n', small));
  const bytes = async () => bytesOf(ask('web_hex', encode(n, 'n', small)));
  return {
    ok: status >= 200 && status <= 299, status, url, receipt,
    headers: { get, has: (name) => get(name) !== null, entries: () => headers.values(), [Symbol.iterator]: () => headers.values() },
    text, bytes, json: async () => parse(await text()), arrayBuffer: async () => (await bytes()).buffer,
  };
}
const viewOf = (body) => (body.buffer === undefined ? new RealBytes(body) : new RealBytes(body.buffer, body.byteOffset, body.byteLength));
const webRoom = { limit: 400000, code: 'FETCH_LIMIT' };
async function fetch(resource, options) {
  const { method = 'GET', headers = {}, body, timeout_ms } = options ?? {};
  const sent = { __proto__: null };
  const pairs = typeof headers.entries === 'function' ? [...headers.entries()] : isArray(headers) ? headers : Object.entries(headers);
  for (let i = 0; i < pairs.length; i++) sent[apply(lower, RealString(pairs[i][0]), [])] = RealString(pairs[i][1]);
  const content = body === undefined || body === null ? '' : ',"body":' + hashed(typeof body === 'string' ? body : viewOf(body));
  return answerTo('{"kind":"fetch","url":' + quote(resource) + ',"method":' + quote(method) +
    ',"headers":' + encode(sent, 'headers', webRoom) + content +
    (timeout_ms === undefined ? '' : ',"timeout_ms":' + asked(timeout_ms, 'timeout_ms')) + '}');
}
const tls = async (name, port) => answerTo('{"kind":"tls","host":' + quote(name) + ',"port":' + asked(port ?? 443, 'port') + '}');
define(globalThis, 'fetch', fetch);

const parseTime = Date.parse;
let ctx;
function readInput() {
  input = ask('input', 'null');
  eventTime = parseTime(input.now);
  bodyRoom.limit = input.limits.bodyBytes;
  stateRoom.limit = input.limits.stateBytes;
  define(globalThis, 'performance', { now: () => elapsed, timeOrigin: eventTime });
  const { channel_id, bot_id, now, players, params, env, workspace } = input;
  ctx = {
    channel_id, bot_id, now, players, params, env, workspace,
    post, dm, reveal, random, finish, getState, setState, setTimer, clearTimer, updateChannel,
    get_state: getState, set_state: setState, set_timer: setTimer, clear_timer: clearTimer, update_channel: updateChannel,
    fetch, tls, log: print,
    get state_version() { return ask('state_version', 'null'); },
  };
}

/** The JSON of data to hash: bytes as hex, text as text (hashed as UTF-8). */
const hashed = (data) => (typeof data === 'string' ? '{"text":' + quote(data) + '}' : '{"hex":"' + hexOf(data) + '"}');
function hexOf(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += hexByte(bytes[i] & 255);
  return text;
}
function sha256(data) { return ask('sha256', hashed(data)); }
function hmacSha256(key, data) { return ask('hmac_sha256', '[' + hashed(key) + ',' + hashed(data) + ']'); }
export { sha256, hmacSha256, randomHex };
`;
