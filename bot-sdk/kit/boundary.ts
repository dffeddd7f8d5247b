/**
 * First part of the kit: converts values that leave the realm. It runs before the bot's code, so the globals saved here
 * are the engine's own, and the kit uses only these. A bot that replaces globals therefore affects only itself.
 */
export const BOUNDARY = /* js */ `
const host = globalThis.parley;
delete globalThis.parley;
const evaluate = globalThis.eval;
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

/** Whether an error comes from the host. Through its prototype the bot would get access to objects of the host. */
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

/** Calls the host; \`request\` is JSON text. */
function ask(operation, request) {
  const answer = parse(call(operation, request));
  if (answer.refused !== null) throw fail(answer.refused.code, answer.refused.detail);
  return answer.value;
}

const libraries = { __proto__: null };
/** Loads a part of the kit that most hooks do not need (libraries.ts). */
function library(name) {
  if (libraries[name] === undefined) libraries[name] = evaluate(ask('library', quote(name)));
  return libraries[name];
}

const quote = (text) => stringify(RealString(text));

/**
 * The JSON text of a value. Stricter than JSON.stringify: values that it would silently omit are errors that name the
 * place.
 */
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

/** A description of any thrown value. */
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

/** Reports a thrown value to the host: the hook has failed. */
function failWith(error) {
  let told = '{"text":"something that cannot be told"}';
  try { told = describe(error); } catch { /* a thrown value that throws when looked at */ }
  host('failed', told);
}
host('teller', 'null', failWith);
`;
