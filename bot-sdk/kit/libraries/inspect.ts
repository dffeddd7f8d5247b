/** Formats values like Node's `inspect` and `format`, as far as a program inside the realm can. */
export const INSPECT = String.raw`(function () {
'use strict';
const BREAK = 80, COMPACT = 3, MAX_ITEMS = 100, MAX_TEXT = 10000;
const typedName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const isOf = (method) => (value, ...args) => { try { method.call(value, ...args); return true; } catch { return false; } };
const sizeOf = (type) => Object.getOwnPropertyDescriptor(type.prototype, 'size').get;
const isMap = isOf(sizeOf(Map)), isSet = isOf(sizeOf(Set)), isDate = isOf(Date.prototype.getTime);
const isRegExp = (value) => Object.prototype.toString.call(value) === '[object RegExp]' && value instanceof RegExp;
const isWeakMap = (value) => isOf(WeakMap.prototype.has)(value, {}), isWeakSet = (value) => isOf(WeakSet.prototype.has)(value, {});
const isBuffer = isOf(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get);
const isError = (value) => value instanceof Error;
const BOXES = [['Number', Number], ['String', String], ['Boolean', Boolean], ['BigInt', BigInt], ['Symbol', Symbol]];
const boxOf = (value) => BOXES.find(([, type]) => value instanceof type && isOf(type.prototype.valueOf)(value));

const ESCAPES = { '\n': '\\n', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\r': '\\r', '\\': '\\\\', '\v': '\\x0B' };
function quoteText(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('\x60') && !text.includes('$' + '{') ? '\x60' : "'";
  const escaped = text.replace(/[\x00-\x1f\x7f-\x9f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (c) => {
    const code = c.charCodeAt(0);
    return ESCAPES[c] ?? (code < 256 ? '\\x' + code.toString(16).toUpperCase().padStart(2, '0') : '\\u' + code.toString(16).toUpperCase());
  });
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}
function widthOf(text) {
  let width = 0;
  for (const char of text.normalize('NFC')) {
    const c = char.codePointAt(0);
    const isWide = c >= 0x1100 && (c <= 0x115f || (c >= 0x2e80 && c <= 0xa4cf && c !== 0x303f) || (c >= 0xac00 && c <= 0xd7a3) ||
      (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) ||
      (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd));
    const isNone = c <= 0x1f || (c >= 0x7f && c <= 0x9f) || (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
      (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f) || (c >= 0xe0100 && c <= 0xe01ef);
    width += isWide ? 2 : isNone ? 0 : 1;
  }
  return width;
}

function inspect(value, options) {
  const { depth = 2, breakLength = BREAK, compact = COMPACT } = options ?? {};
  return formatValue({ depth: depth === null ? Infinity : depth, breakLength, compact, indent: 0, current: 0, seen: [], circular: new Map() }, value, 0);
}

function formatValue(ctx, value, level, isTyped) {
  if (typeof value === 'string') return formatText(ctx, value, level);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return value + 'n';
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
  if (ctx.seen.includes(value)) {
    if (!ctx.circular.has(value)) ctx.circular.set(value, ctx.circular.size + 1);
    return '[Circular *' + ctx.circular.get(value) + ']';
  }
  return formatObject(ctx, value, level);
}
function formatText(ctx, text, level) {
  let trailer = '';
  if (text.length > MAX_TEXT) {
    const more = text.length - MAX_TEXT;
    text = text.slice(0, MAX_TEXT);
    trailer = '... ' + more + ' more character' + (more > 1 ? 's' : '');
  }
  if (text.length > 16 && text.length > ctx.breakLength - ctx.indent - 4) {
    return text.split(/(?<=\n)/).map(quoteText).join(' +\n' + ' '.repeat(ctx.indent + 2)) + trailer;
  }
  return quoteText(text) + trailer;
}

function constructorOf(object) {
  const first = object;
  for (let at = object; at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, 'constructor');
    if (own !== undefined && typeof own.value === 'function' && own.value.name !== '' && isInstance(first, own.value)) return String(own.value.name);
  }
  return null;
}
function isInstance(object, type) { try { return object instanceof type; } catch { return false; } }
function prefixOf(constructor, tag, fallback, size = '') {
  if (constructor === null) return '[' + fallback + size + ': null prototype] ' + (tag !== '' && fallback !== tag ? '[' + tag + '] ' : '');
  return constructor + size + ' ' + (tag !== '' && constructor !== tag ? '[' + tag + '] ' : '');
}
function keysOf(object, isList) {
  const names = Object.keys(object);
  const kept = isList ? names.filter((name) => !/^(0|[1-9]\d{0,9})$/.test(name)) : names;
  return kept.concat(Object.getOwnPropertySymbols(object).filter((key) => Object.prototype.propertyIsEnumerable.call(object, key)));
}
function functionBase(value, constructor, tag) {
  if (/^class[\s{]/.test(Function.prototype.toString.call(value)) && Object.hasOwn(value, 'prototype')) {
    const own = Object.hasOwn(value, 'name') && typeof value.name === 'string' && value.name !== '' ? ' ' + value.name : ' (anonymous)';
    const parent = Object.getPrototypeOf(value)?.name;
    return '[class' + own + (constructor !== 'Function' && constructor !== null ? ' [' + constructor + ']' : '') +
      (tag !== '' && constructor !== tag ? ' [' + tag + ']' : '') +
      (constructor === null ? ' extends [null prototype]' : parent ? ' extends ' + parent : '') + ']';
  }
  const kind = KINDS.get(Object.getPrototypeOf(value)) ?? 'Function';
  return '[' + kind + (constructor === null ? ' (null prototype)' : '') + (value.name === '' ? ' (anonymous)' : ': ' + String(value.name)) + ']' +
    (constructor !== kind && constructor !== 'Function' && constructor !== null ? ' ' + constructor : '') +
    (tag !== '' && constructor !== tag && tag !== kind ? ' [' + tag + ']' : '');
}
const KINDS = new Map([[Object.getPrototypeOf(async () => {}), 'AsyncFunction'], [Object.getPrototypeOf(function* () {}), 'GeneratorFunction'],
  [Object.getPrototypeOf(async function* () {}), 'AsyncGeneratorFunction']]);

/** Only the position inside the bot, because the rest of a stack differs between engines. */
function errorBase(error) {
  const title = String(error.name ?? 'Error') + (error.message === undefined || error.message === '' ? '' : ': ' + error.message);
  const line = /\bbot:(\d+)/.exec(typeof error.stack === 'string' ? error.stack : '')?.[1];
  return line ? title + '\n    at bot:' + line : '[' + title + ']';
}

function formatObject(ctx, value, level) {
  const constructor = constructorOf(value);
  let tag = value[Symbol.toStringTag];
  if (typeof tag !== 'string' || (tag !== '' && Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag))) tag = '';
  const typed = ArrayBuffer.isView(value) ? typedName.call(value) : undefined;
  const isList = Array.isArray(value) || typed !== undefined;
  const keys = keysOf(value, isList);
  let base = '', braces = ['{', '}'], entries = () => [], isArrayLike = isList;
  if (Array.isArray(value)) {
    const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', '(' + value.length + ')') : '';
    braces = [prefix + '[', ']'];
    if (value.length === 0 && keys.length === 0) return braces[0] + ']';
    entries = formatArray;
  } else if (typed !== undefined) {
    braces = [prefixOf(constructor, tag, typed, '(' + value.length + ')') + '[', ']'];
    if (value.length === 0 && keys.length === 0) return braces[0] + ']';
    entries = formatArray;
  } else if (isSet(value)) {
    braces[0] = prefixOf(constructor, tag, 'Set', '(' + sizeOf(Set).call(value) + ')') + '{';
    entries = (c, v, l) => indented(c, () => cut([...Set.prototype.values.call(v)], (item) => formatValue(c, item, l)));
  } else if (isMap(value)) {
    braces[0] = prefixOf(constructor, tag, 'Map', '(' + sizeOf(Map).call(value) + ')') + '{';
    entries = (c, v, l) => indented(c, () => cut([...Map.prototype.entries.call(v)], ([k, item]) => formatValue(c, k, l) + ' => ' + formatValue(c, item, l)));
  } else if (typeof value === 'function') {
    base = functionBase(value, constructor, tag);
    if (keys.length === 0) return base;
  } else if (Object.prototype.toString.call(value) === '[object Arguments]' && tag === '') {
    braces[0] = '[Arguments] {';
    if (keys.length === 0) return '[Arguments] {}';
  } else if (isRegExp(value)) {
    const prefix = prefixOf(constructor, tag, 'RegExp');
    base = (prefix === 'RegExp ' ? '' : prefix) + RegExp.prototype.toString.call(value);
    if (keys.length === 0) return base;
  } else if (isDate(value)) {
    const prefix = prefixOf(constructor, tag, 'Date'), time = Date.prototype.getTime.call(value);
    base = (prefix === 'Date ' ? '' : prefix) + (time === time ? Date.prototype.toISOString.call(value) : 'Invalid Date');
    if (keys.length === 0) return base;
  } else if (isError(value)) {
    base = errorBase(value);
    const told = keys.filter((key) => !((key === 'name' || key === 'message' || key === 'stack') && base.includes(String(value[key]))));
    keys.splice(0, keys.length, ...told);
    for (const key of ['cause', 'errors']) if (Object.hasOwn(value, key) && !keys.includes(key)) keys.push(key);
    if (keys.length === 0) return base.replaceAll('\n', '\n' + ' '.repeat(ctx.indent));
  } else if (isBuffer(value)) {
    braces[0] = prefixOf(constructor, tag, 'ArrayBuffer') + '{';
    const bytes = Array.from(new Uint8Array(value), (byte) => byte.toString(16).padStart(2, '0'));
    const more = bytes.length > 50 ? ' ... ' + (bytes.length - 50) + ' more byte' + (bytes.length > 51 ? 's' : '') : '';
    entries = () => ['[Uint8Contents]: <' + bytes.slice(0, 50).join(' ') + more + '>', 'byteLength: ' + bytes.length];
  } else if (boxOf(value)) {
    const [name, type] = boxOf(value), held = type.prototype.valueOf.call(value);
    if (name === 'String') keys.splice(0, held.length);
    base = '[' + name + (name === constructor ? '' : constructor === null ? ' (null prototype)' : ' (' + constructor + ')') + ': ' +
      formatValue({ ...ctx, breakLength: Infinity }, held, level) + ']' + (tag !== '' && tag !== constructor ? ' [' + tag + ']' : '');
    if (keys.length === 0) return base;
  } else if (isWeakSet(value) || isWeakMap(value)) {
    braces[0] = prefixOf(constructor, tag, isWeakSet(value) ? 'WeakSet' : 'WeakMap') + '{';
    entries = () => ['<items unknown>'];
  } else if (constructor === 'Object' && tag === '') {
    if (keys.length === 0) return '{}';
  } else {
    braces[0] = prefixOf(constructor, tag, 'Object') + '{';
    if (keys.length === 0 && !(value instanceof Promise)) return braces[0] + '}';
  }

  if (level > ctx.depth) return '[' + prefixOf(constructor, tag, Array.isArray(value) ? 'Array' : 'Object').slice(0, -1) + ']';

  ctx.seen.push(value);
  ctx.current = level;
  const output = entries(ctx, value, level + 1);
  for (const key of keys) output.push(formatProperty(ctx, value, level + 1, key));
  ctx.seen.pop();
  if (ctx.circular.has(value)) {
    const reference = '<ref *' + ctx.circular.get(value) + '>';
    if (base === '') braces[0] = reference + ' ' + braces[0];
    else base = reference + ' ' + base;
  }
  if (output.length === 0) return (base ? base + ' ' : '') + braces[0] + braces[1];
  return combine(ctx, output, base, braces, isArrayLike, level, value);
}

function indented(ctx, work) {
  ctx.indent += 2;
  const output = work();
  ctx.indent -= 2;
  return output;
}
function cut(items, format) {
  const output = items.slice(0, MAX_ITEMS).map(format);
  const more = items.length - MAX_ITEMS;
  if (more > 0) output.push('... ' + more + ' more item' + (more > 1 ? 's' : ''));
  return output;
}
function formatArray(ctx, array, level) {
  const output = [];
  let i = 0;
  while (i < array.length && output.length < MAX_ITEMS) {
    if (Object.hasOwn(array, i)) { output.push(formatProperty(ctx, array, level, i, true)); i += 1; continue; }
    let holes = 0;
    while (i < array.length && !Object.hasOwn(array, i)) { i += 1; holes += 1; }
    output.push('<' + holes + ' empty item' + (holes > 1 ? 's' : '') + '>');
  }
  const more = array.length - i;
  if (more > 0) output.push('... ' + more + ' more item' + (more > 1 ? 's' : ''));
  return output;
}
function formatProperty(ctx, object, level, key, isItem) {
  const own = Object.getOwnPropertyDescriptor(object, key) ?? { value: object[key], enumerable: true };
  let text;
  if (own.get !== undefined) text = own.set !== undefined ? '[Getter/Setter]' : '[Getter]';
  else if (own.set !== undefined) text = '[Setter]';
  else text = indented(ctx, () => formatValue(ctx, own.value, level));
  if (isItem) return text;
  const name = typeof key === 'symbol' ? '[' + String(key) + ']' : key === '__proto__' ? "['__proto__']"
    : own.enumerable === false ? '[' + key + ']' : /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : quoteText(key);
  return name + ': ' + text;
}

function combine(ctx, output, base, braces, isArrayLike, level, value) {
  const entries = output.length;
  if (isArrayLike && entries > 6) output = group(ctx, output, value);
  const start = base ? base + ' ' : '';
  if (ctx.current - level < ctx.compact && entries === output.length) {
    const room = output.length + ctx.indent + braces[0].length + base.length + 10;
    if (isShort(ctx, output, room, base)) {
      const joined = output.join(', ');
      if (!joined.includes('\n')) return start + braces[0] + ' ' + joined + ' ' + braces[1];
    }
  }
  const indentation = '\n' + ' '.repeat(ctx.indent);
  return start + braces[0] + indentation + '  ' + output.join(',' + indentation + '  ') + indentation + braces[1];
}
function isShort(ctx, output, start, base) {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (const item of output) {
    total += item.length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}
function group(ctx, output, value) {
  const count = output.length - (MAX_ITEMS < output.length ? 1 : 0);
  const lengths = [];
  let total = 0, longest = 0;
  for (let i = 0; i < count; i++) {
    lengths[i] = widthOf(output[i]);
    total += lengths[i] + 2;
    if (longest < lengths[i]) longest = lengths[i];
  }
  const most = longest + 2;
  if (!(most * 3 + ctx.indent < ctx.breakLength && (total / most > 5 || longest <= 6))) return output;
  const biased = Math.max(most - 3 - Math.sqrt(most - total / output.length), 1);
  const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * count) / biased), Math.floor((ctx.breakLength - ctx.indent) / most), ctx.compact * 4, 15);
  if (columns <= 1) return output;
  const widths = [];
  for (let i = 0; i < columns; i++) {
    let widest = 0;
    for (let j = i; j < count; j += columns) if (lengths[j] > widest) widest = lengths[j];
    widths.push(widest + 2);
  }
  let isNumeric = true;
  if (value !== undefined) for (let i = 0; i < output.length; i++) if (typeof value[i] !== 'number' && typeof value[i] !== 'bigint') { isNumeric = false; break; }
  const rows = [];
  for (let i = 0; i < count; i += columns) {
    const end = Math.min(i + columns, count);
    let row = '', j = i;
    for (; j < end - 1; j++) {
      const cell = output[j] + ', ', width = widths[j - i] + output[j].length - lengths[j];
      row += isNumeric ? cell.padStart(width) : cell.padEnd(width);
    }
    row += isNumeric ? output[j].padStart(widths[j - i] + output[j].length - lengths[j] - 2) : output[j];
    rows.push(row);
  }
  if (MAX_ITEMS < output.length) rows.push(output[count]);
  return rows;
}

function formatNumber(value) {
  if (typeof value === 'bigint') return value + 'n';
  if (typeof value === 'symbol') return 'NaN';
  return formatValue({}, Number(value), 0);
}
function whole(value) {
  if (typeof value === 'bigint') return value + 'n';
  return typeof value === 'symbol' ? 'NaN' : formatValue({}, parseInt(value), 0);
}
function textOf(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return formatNumber(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return hasOwnText(value) ? String(value) : inspect(value, { depth: 0 });
}
/** Whether the object, or a class that is not built in, defines its own text form. */
function hasOwnText(value) {
  if (Object.hasOwn(value, 'toString') || Object.hasOwn(value, Symbol.toPrimitive)) return true;
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, 'constructor');
    const isBuiltIn = own !== undefined && typeof own.value === 'function' && globalThis[own.value.name] === own.value;
    if (isBuiltIn) return false;
    if (Object.hasOwn(at, 'toString') || Object.hasOwn(at, Symbol.toPrimitive)) return true;
  }
  return false;
}
function json(value) {
  try { return JSON.stringify(value); } catch (error) {
    if (/circular/i.test(error.message)) return '[Circular]';
    throw error;
  }
}
/** Formats the arguments of console.log. */
function format(...values) {
  const [first] = values;
  let text = '', at = 1;
  if (typeof first === 'string') {
    if (values.length === 1) return first;
    text = first.replace(/%[sdifjoOc%]/g, (mark) => {
      if (mark === '%%') return '%';
      if (at >= values.length) return mark;
      const value = values[at++];
      switch (mark) {
        case '%s': return textOf(value);
        case '%d': return typeof value === 'object' ? formatNumber(NaN) : formatNumber(value);
        case '%i': return typeof value === 'object' ? 'NaN' : whole(value);
        case '%f': return typeof value === 'symbol' ? 'NaN' : formatValue({}, parseFloat(value), 0);
        case '%j': return json(value);
        case '%o': return inspect(value, { depth: 4 });
        case '%O': return inspect(value);
        default: return '';
      }
    });
  } else if (values.length > 0) text = inspect(first);
  for (; at < values.length; at++) text += ' ' + (typeof values[at] === 'string' ? values[at] : inspect(values[at]));
  return text;
}

/** Formats a table for console.table; undefined if the value is not a table. */
function table(data, columns) {
  if (data === null || typeof data !== 'object') return undefined;
  const cell = (value) => inspect(value, { depth: value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0, breakLength: Infinity });
  const isPairs = isMap(data), isItems = isSet(data);
  const rows = isPairs ? [...data.entries()].map(([key, value], i) => [String(i), value, key]) : isItems ? [...data.values()].map((value, i) => [String(i), value])
    : Object.keys(data).map((key) => [key, data[key]]);
  const names = [], values = [];
  let hasValues = false;
  for (const [, row] of rows) {
    if (isPairs || isItems || row === null || (typeof row !== 'object' && typeof row !== 'function')) { hasValues = true; continue; }
    for (const name of columns ?? Object.keys(row)) if (!names.includes(name)) names.push(name);
  }
  const head = [isPairs || isItems ? '(iteration index)' : '(index)', ...(isPairs ? ['Key'] : []), ...names, ...(hasValues ? ['Values'] : [])];
  for (const [index, row, key] of rows) {
    const isPlain = isPairs || isItems || row === null || (typeof row !== 'object' && typeof row !== 'function');
    values.push([index, ...(isPairs ? [cell(key)] : []), ...names.map((name) => (!isPlain && Object.hasOwn(row, name) ? cell(row[name]) : '')), ...(hasValues ? [isPlain ? cell(row) : ''] : [])]);
  }
  const widths = head.map((title, i) => Math.max(widthOf(title), ...values.map((row) => widthOf(row[i]))) + 2);
  const line = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const row = (cells) => '│' + cells.map((text, i) => ' ' + text + ' '.repeat(widths[i] - widthOf(text) - 1)).join('│') + '│';
  return [line('┌', '┬', '┐'), row(head), line('├', '┼', '┤'), ...values.map(row), line('└', '┴', '┘')].join('\n');
}
return { inspect, format, table };
})()`;
