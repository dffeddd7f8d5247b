/** Fourth part of the kit: what a bot is given. Both spellings of a name are the same function. */
export const CONTEXT = /* js */ `
const bodyRoom = { limit: input.limits.bodyBytes, code: 'BODY_TOO_LARGE' };
const stateRoom = { limit: input.limits.stateBytes, code: 'STATE_TOO_LARGE' };
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
const noNetwork = () => { throw fail('FETCH_BLOCKED', 'there is no network in this runner'); };

const { channel_id, bot_id, now, players, params, env } = input;
const ctx = {
  channel_id, bot_id, now, players, params, env,
  post, dm, reveal, random, finish, getState, setState, setTimer, clearTimer, updateChannel,
  get_state: getState, set_state: setState, set_timer: setTimer, clear_timer: clearTimer, update_channel: updateChannel,
  fetch: noNetwork, tls: noNetwork,
  get state_version() { return ask('state_version', 'null'); },
};

/** The bytes as hex; of a text, its UTF-8. */
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
