/**
 * The `console` object. Output goes to the logs, formatted as in Node. A value that cannot be formatted is replaced by
 * a note; logging never fails a run. Lines over the limit are counted but not formatted.
 */
export const CONSOLE = /* js */ `
const MAX_LINE = 65536;
let isFull = false, groupIndent = '';
const counts = { __proto__: null }, clocks = { __proto__: null };
const { includes, replaceAll } = RealString.prototype;
const { slice: sliceList } = Array.prototype;
function logText(makeText) {
  if (isFull) { call('log', 'null'); return; }
  let text = '(a value that cannot be shown)';
  try { text = RealString(makeText()); } catch { /* it throws when looked at */ }
  if (text.length > MAX_LINE) text = substring(text, 0, MAX_LINE);
  if (groupIndent !== '') text = groupIndent + (apply(includes, text, ['\\n']) ? apply(replaceAll, text, ['\\n', '\\n' + groupIndent]) : text);
  isFull = ask('log', quote(text)) === false;
}
const showPlain = (value) => (typeof value === 'string' ? value : RealString(value));
function formatted(values) {
  let text = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const isPlain = typeof value === 'string' ? i > 0 || values.length === 1 || !apply(includes, value, ['%'])
      : typeof value === 'boolean' || value === undefined || value === null || (typeof value === 'number' && value !== 0);
    if (!isPlain) return apply(library('inspect').format, undefined, values);
    text += (i ? ' ' : '') + showPlain(value);
  }
  return text;
}
const print = (...values) => logText(() => formatted(values));
const labelOf = (label) => (label === undefined ? 'default' : RealString(label));
const spent = (ms) => ms >= 1000 ? RealString(ms / 1000) + 's' : ms + 'ms';
function tellClock(label, values, isOver) {
  const name = labelOf(label);
  if (!(name in clocks)) return;
  logText(() => name + ': ' + spent(elapsed - clocks[name]) + (values.length ? ' ' + formatted(values) : ''));
  if (isOver) delete clocks[name];
}
const grouped = (...labels) => { if (labels.length > 0) print(...labels); if (groupIndent.length < 100) groupIndent += '  '; };
define(globalThis, 'console', {
  log: print, info: print, warn: print, error: print, debug: print, dirxml: print,
  trace: (...values) => logText(() => 'Trace' + (values.length ? ': ' + formatted(values) : '')),
  dir: (value, options) => logText(() => library('inspect').inspect(value, options)),
  table: (data, columns) => logText(() => library('inspect').table(data, columns) ?? formatted([data])),
  assert: (isTrue, ...values) => {
    if (isTrue) return;
    logText(() => typeof values[0] === 'string' ? formatted(['Assertion failed: ' + values[0], ...apply(sliceList, values, [1])])
      : formatted(['Assertion failed', ...values]));
  },
  group: grouped, groupCollapsed: grouped,
  groupEnd: () => { groupIndent = substring(groupIndent, 2, groupIndent.length); },
  count: (label) => { const name = labelOf(label); counts[name] = (counts[name] ?? 0) + 1; logText(() => name + ': ' + counts[name]); },
  countReset: (label) => { counts[labelOf(label)] = 0; },
  time: (label) => { const name = labelOf(label); if (!(name in clocks)) clocks[name] = elapsed; },
  timeLog: (label, ...values) => tellClock(label, values, false),
  timeEnd: (label) => tellClock(label, [], true),
  timeStamp: () => {}, profile: () => {}, profileEnd: () => {}, clear: () => {},
});
defineProperty(globalThis.console, Symbol.toStringTag, { value: 'console', configurable: true });
`;
