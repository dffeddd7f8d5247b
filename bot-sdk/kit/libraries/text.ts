/** TextEncoder, TextDecoder, base64 and structuredClone, as in the web standards and Node. */
export const TEXT = String.raw`(function () {
'use strict';
const CODES = { InvalidCharacterError: 5, DataCloneError: 25, AbortError: 20, TimeoutError: 23, SyntaxError: 12, NotFoundError: 8, InvalidStateError: 11, QuotaExceededError: 22 };
class DOMException extends Error {
  #name; #code;
  constructor(message = '', options = 'Error') {
    super(String(message), typeof options === 'object' && options !== null && 'cause' in options ? { cause: options.cause } : undefined);
    this.#name = String(typeof options === 'object' && options !== null ? options.name ?? 'Error' : options);
    this.#code = CODES[this.#name] ?? 0;
  }
  get name() { return this.#name; }
  get code() { return this.#code; }
  get [Symbol.toStringTag]() { return 'DOMException'; }
}

function wellFormed(text) { return String(text).toWellFormed(); }
class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') {
    const input = wellFormed(text);
    const bytes = new Uint8Array(input.length * 3);
    const { written } = write(input, bytes);
    return bytes.slice(0, written);
  }
  encodeInto(text, bytes) {
    if (typeof text !== 'string') throw new TypeError('The "src" argument must be of type string.');
    if (!(bytes instanceof Uint8Array)) throw new TypeError('The "dest" argument must be an instance of Uint8Array.');
    return write(wellFormed(text), bytes);
  }
  get [Symbol.toStringTag]() { return 'TextEncoder'; }
}
function write(text, bytes) {
  let read = 0, at = 0;
  while (read < text.length) {
    const code = text.codePointAt(read);
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (at + size > bytes.length) break;
    if (size === 1) bytes[at++] = code;
    else {
      bytes[at++] = (size === 2 ? 0xc0 : size === 3 ? 0xe0 : 0xf0) | (code >> (6 * (size - 1)));
      for (let i = size - 2; i >= 0; i--) bytes[at++] = 0x80 | ((code >> (6 * i)) & 63);
    }
    read += code > 0xffff ? 2 : 1;
  }
  return { read, written: at };
}

const LABELS = new Map([
  ...['unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'utf-8', 'utf8', 'x-unicode20utf8'].map((label) => [label, 'utf-8']),
  ...['csunicode', 'iso-10646-ucs-2', 'ucs-2', 'unicode', 'unicodefeff', 'utf-16', 'utf-16le'].map((label) => [label, 'utf-16le']),
  ...['unicodefffe', 'utf-16be'].map((label) => [label, 'utf-16be']),
  ...['ansi_x3.4-1968', 'ascii', 'cp1252', 'cp819', 'csisolatin1', 'ibm819', 'iso-8859-1', 'iso-ir-100', 'iso8859-1', 'iso88591', 'iso_8859-1', 'iso_8859-1:1987', 'l1', 'latin1', 'us-ascii', 'windows-1252', 'x-cp1252'].map((label) => [label, 'windows-1252']),
]);
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
class TextDecoder {
  #encoding; #fatal; #ignoreBOM; #kept = []; #isBegun = false;
  constructor(label = 'utf-8', options) {
    const encoding = LABELS.get(String(label).trim().toLowerCase());
    if (encoding === undefined) throw Object.assign(new RangeError('The "' + label + '" encoding is not supported'), { code: 'ERR_ENCODING_NOT_SUPPORTED' });
    this.#encoding = encoding;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input = new Uint8Array(), options) {
    const view = ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : Object.prototype.toString.call(input) === '[object ArrayBuffer]' ? new Uint8Array(input) : undefined;
    if (!view) throw Object.assign(new TypeError('The "list" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.'), { code: 'ERR_INVALID_ARG_TYPE' });
    const bytes = [...this.#kept, ...view];
    const isLast = !options?.stream;
    let { text, used } = (this.#encoding === 'utf-8' ? utf8 : this.#encoding === 'windows-1252' ? windows : utf16)(bytes, isLast, this.#encoding === 'utf-16be', () => {
      if (this.#fatal) { this.#kept = []; this.#isBegun = false; throw Object.assign(new TypeError('The encoded data was not valid for encoding ' + this.#encoding), { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' }); }
      return '\ufffd';
    });
    this.#kept = isLast ? [] : bytes.slice(used);
    if (!this.#isBegun && text !== '') {
      if (!this.#ignoreBOM && this.#encoding !== 'windows-1252' && text[0] === '\ufeff') text = text.slice(1);
      this.#isBegun = true;
    }
    if (isLast) this.#isBegun = false;
    return text;
  }
  get [Symbol.toStringTag]() { return 'TextDecoder'; }
}
function utf8(bytes, isLast, _, invalid) {
  let text = '', at = 0;
  const parts = [];
  while (at < bytes.length) {
    const first = bytes[at];
    if (first < 0x80) { text += String.fromCharCode(first); at += 1; }
    else {
      const size = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
      let code = size === 2 ? first & 31 : size === 3 ? first & 15 : first & 7, i = 1;
      for (; i < size && at + i < bytes.length; i++) {
        const low = i === 1 ? (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80) : 0x80;
        const high = i === 1 ? (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf) : 0xbf;
        const byte = bytes[at + i];
        if (byte < low || byte > high) break;
        code = (code << 6) | (byte & 63);
      }
      if (size > 0 && i === size) text += String.fromCodePoint(code);
      else if (size > 0 && at + i === bytes.length && !isLast) break;
      else text += invalid();
      at += i;
    }
    if (text.length > 4096) { parts.push(text); text = ''; }
  }
  return { text: parts.join('') + text, used: at };
}
function utf16(bytes, isLast, isBig, invalid) {
  let text = '', at = 0;
  for (; at + 1 < bytes.length; at += 2) {
    const unit = isBig ? (bytes[at] << 8) | bytes[at + 1] : bytes[at] | (bytes[at + 1] << 8);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      if (at + 3 >= bytes.length) { if (!isLast) break; text += invalid(); at += 2; if (at < bytes.length) at = bytes.length; return { text, used: at }; }
      const next = isBig ? (bytes[at + 2] << 8) | bytes[at + 3] : bytes[at + 2] | (bytes[at + 3] << 8);
      if (next >= 0xdc00 && next <= 0xdfff) { text += String.fromCharCode(unit, next); at += 2; } else text += invalid();
    } else text += unit >= 0xdc00 && unit <= 0xdfff ? invalid() : String.fromCharCode(unit);
  }
  if (isLast && at < bytes.length) { text += invalid(); at = bytes.length; }
  return { text, used: at };
}
function windows(bytes) {
  return { text: bytes.map((byte) => (byte >= 0x80 && byte <= 0x9f ? WINDOWS[byte - 0x80] : String.fromCharCode(byte))).join(''), used: bytes.length };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function btoa(...args) {
  if (args.length === 0) throw Object.assign(new TypeError('The "data" argument must be specified'), { code: 'ERR_MISSING_ARGS' });
  const text = String(args[0]);
  let out = '';
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
    if (a > 255 || b > 255 || c > 255) throw new DOMException('Invalid character', 'InvalidCharacterError');
    const bits = (a << 16) | (b << 8) | c;
    out += BASE64[bits >> 18] + BASE64[(bits >> 12) & 63] + (i + 1 < text.length ? BASE64[(bits >> 6) & 63] : '=') + (i + 2 < text.length ? BASE64[bits & 63] : '=');
  }
  return out;
}
function atob(...args) {
  if (args.length === 0) throw Object.assign(new TypeError('The "data" argument must be specified'), { code: 'ERR_MISSING_ARGS' });
  let text = String(args[0]).replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/==?$/, '');
  if (/[^A-Za-z0-9+/]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
  if (text.length % 4 === 1) throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  let out = '', bits = 0, count = 0;
  for (const char of text) {
    bits = ((bits << 6) | BASE64.indexOf(char)) & 0xffffff;
    count += 6;
    if (count >= 8) { count -= 8; out += String.fromCharCode((bits >> count) & 255); }
  }
  return out;
}

const isOf = (method) => (value, ...args) => { try { method.call(value, ...args); return true; } catch { return false; } };
const isMap = isOf(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get), isSet = isOf(Object.getOwnPropertyDescriptor(Set.prototype, 'size').get);
const isDate = isOf(Date.prototype.getTime), isRegExp = isOf(RegExp.prototype.exec), isPromise = (value) => value instanceof Promise;
const isWeak = (value) => isOf(WeakMap.prototype.has)(value, {}) || isOf(WeakSet.prototype.has)(value, {});
const isBuffer = isOf(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get);
const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
function structuredClone(...args) {
  if (args.length === 0) throw Object.assign(new TypeError("The \"value\" argument must be specified"), { code: 'ERR_MISSING_ARGS' });
  const copies = new Map();
  const refuse = (value) => { throw new DOMException((typeof value === 'object' ? '#<' + (value.constructor?.name ?? 'Object') + '>' : String(value)) + ' could not be cloned.', 'DataCloneError'); };
  const keep = (value, copy) => { copies.set(value, copy); return copy; };
  function clone(value) {
    if (typeof value === 'symbol' || typeof value === 'function') return refuse(value);
    if (typeof value !== 'object' || value === null) return value;
    if (copies.has(value)) return copies.get(value);
    for (const type of [Number, String, Boolean, BigInt]) if (value instanceof type) return keep(value, Object(type.prototype.valueOf.call(value)));
    if (value instanceof Symbol || isPromise(value) || isWeak(value)) return refuse(value);
    if (isDate(value)) return keep(value, new Date(Date.prototype.getTime.call(value)));
    if (value instanceof RegExp && isRegExp(new RegExp(value.source, value.flags))) return keep(value, new RegExp(value.source, value.flags));
    if (isBuffer(value)) return keep(value, value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer), type = globalThis[Object.prototype.toString.call(value).slice(8, -1)];
      return keep(value, new type(buffer, value.byteOffset, type === DataView ? value.byteLength : value.length));
    }
    if (isMap(value)) {
      const copy = keep(value, new Map()), pairs = [...Map.prototype.entries.call(value)];
      for (const [key, item] of pairs) copy.set(clone(key), clone(item));
      return copy;
    }
    if (isSet(value)) {
      const copy = keep(value, new Set()), items = [...Set.prototype.values.call(value)];
      for (const item of items) copy.add(clone(item));
      return copy;
    }
    if (value instanceof Error) {
      const type = Object.hasOwn(ERRORS, value.name) ? ERRORS[value.name] : Error;
      const made = new type();
      Object.setPrototypeOf(made, type.prototype);
      keep(value, made);
      const hidden = (name, held) => Object.defineProperty(made, name, { value: held, writable: true, configurable: true });
      const own = Object.getOwnPropertyDescriptor(value, 'message');
      if (own && 'value' in own) hidden('message', String(own.value));
      if (typeof value.stack === 'string') hidden('stack', value.stack);
      if (Object.hasOwn(value, 'cause')) hidden('cause', clone(value.cause));
      return made;
    }
    if (Array.isArray(value)) {
      const copy = keep(value, new Array(value.length));
      for (const key of Object.keys(value)) copy[key] = clone(value[key]);
      return copy;
    }
    const copy = keep(value, {});
    for (const key of Object.keys(value)) if (Object.hasOwn(value, key)) {
      Object.defineProperty(copy, key, { value: clone(value[key]), writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }
  return clone(args[0]);
}
for (const type of [DOMException, TextEncoder, TextDecoder]) for (const name of Object.getOwnPropertyNames(type.prototype)) {
  if (name !== 'constructor') Object.defineProperty(type.prototype, name, { enumerable: true });
}
return { DOMException, TextEncoder, TextDecoder, btoa, atob, structuredClone };
})()`;
