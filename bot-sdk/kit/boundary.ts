/**
 * First part of the kit: how values leave the realm. The bot's code has not run yet, so what is taken from the globals here
 * is the engine's own; after that the kit uses these names only. A bot that rewrites the globals confuses itself at most.
 */
export const BOUNDARY = /* js */ `
const host = globalThis.parley;
delete globalThis.parley;
const { parse, stringify } = JSON;
const { apply, construct, set } = Reflect;
const { keys, getPrototypeOf, defineProperty, prototype: objectPrototype } = Object;
const { isArray } = Array;
const { isFinite } = Number;
const RealError = Error, RealString = String;
const RealPromise = Promise, errorPrototype = Error.prototype;
const engineErrors = [(globalThis.InternalError ?? RangeError).prototype, SyntaxError.prototype];
const weakMapGet = WeakMap.prototype.get, weakMapSet = WeakMap.prototype.set;
const codes = new WeakMap();

function fail(code, detail) {
  const error = new RealError(detail);
  defineProperty(error, 'code', { value: code });
  apply(weakMapSet, codes, [error, code]);
  return error;
}

/** What the host throws is not of this realm, and through it the bot would reach the host's. */
function isForeign(error) {
  for (let at = error; at !== null; at = getPrototypeOf(at)) if (at === errorPrototype) return false;
  return true;
}
function call(operation, request) {
  try {
    return host(operation, request);
  } catch (error) {
    throw isForeign(error) ? new RangeError('Maximum call stack size exceeded') : error;
  }
}

/** Asks the host; \`request\` is JSON text. */
function ask(operation, request) {
  const answer = parse(call(operation, request));
  if (answer.refused !== null) throw fail(answer.refused.code, answer.refused.detail);
  return answer.value;
}

const quote = (text) => stringify(RealString(text));

/** JSON text of a value as it is now. Stricter than JSON.stringify: what would silently vanish is refused by name. */
function encode(value, at, room) {
  const path = [];
  let size = 0;
  function grow(text) {
    size += text.length;
    if (size > room.limit) throw fail(room.code, at + ' is larger than ' + room.limit + ' bytes');
    return text;
  }
  function write(item, where) {
    if (item === null || item === true || item === false) return grow(RealString(item));
    if (typeof item === 'string') return grow(stringify(item));
    if (typeof item === 'number') {
      if (isFinite(item)) return grow(stringify(item));
      throw fail('BAD_EFFECT', where + ' is ' + item);
    }
    if (typeof item !== 'object') throw fail('BAD_EFFECT', where + ' is ' + (item === undefined ? '' : 'a ') + typeof item);
    for (let i = 0; i < path.length; i++) if (path[i] === item) throw fail('BAD_EFFECT', where + ' contains itself');
    if (path.length > 32) throw fail('BAD_EFFECT', at + ' is nested deeper than 32');
    path[path.length] = item;
    const text = isArray(item) ? writeArray(item, where) : writeObject(item, where);
    path.length -= 1;
    return text;
  }
  function writeArray(array, where) {
    let text = grow('[');
    for (let i = 0; i < array.length; i++) text += (i ? grow(',') : '') + write(array[i], where + '[' + i + ']');
    return text + grow(']');
  }
  function writeObject(object, where) {
    if (typeof object.toJSON === 'function') return write(object.toJSON(), where);
    const prototype = getPrototypeOf(object);
    if (prototype !== null && prototype !== objectPrototype) throw fail('BAD_EFFECT', where + ' is not a plain object');
    const names = keys(object);
    let text = grow('{');
    for (let i = 0; i < names.length; i++) {
      text += grow((i ? ',' : '') + stringify(names[i]) + ':') + write(object[names[i]], where + '.' + names[i]);
    }
    return text + grow('}');
  }
  return write(value, at);
}

/** What to tell about a thrown value, whatever it is. */
function describe(error) {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  if (!isObject) return '{"text":' + quote(error) + '}';
  const code = apply(weakMapGet, codes, [error]);
  if (code) return '{"code":' + quote(code) + ',"text":' + quote(error.message) + '}';
  const text = (typeof error.name === 'string' ? error.name + ': ' : '') + (typeof error.message === 'string' ? error.message : '');
  const prototype = getPrototypeOf(error);
  const isEngine = prototype === engineErrors[0] || prototype === engineErrors[1];
  const stack = typeof error.stack === 'string' ? error.stack : '';
  return '{"text":' + quote(text) + ',"stack":' + quote(stack) + ',"engine":' + isEngine + '}';
}
`;
