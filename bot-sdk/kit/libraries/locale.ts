/**
 * The ECMA-402 functions for the locale en-US and the time zone UTC. Options that it does not support are errors; it
 * never approximates.
 */
export const LOCALE = String.raw`(function () {
'use strict';
const refuse = (what) => { throw new RangeError('here there is the locale en-US and the time zone UTC, and not ' + what); };
function assertEnglish(locales) {
  const list = locales === undefined ? [] : Array.isArray(locales) ? locales : [locales];
  for (const tag of list.slice(0, 1)) if (!['en', 'en-us', 'und'].includes(String(tag).toLowerCase())) refuse('the locale ' + String(tag));
}
function chosen(options, name, values, fallback) {
  const value = options?.[name];
  if (value === undefined) return fallback;
  const text = typeof values[0] === 'boolean' ? Boolean(value) : String(value);
  if (!values.includes(text)) throw new RangeError('Value ' + String(value) + ' out of range for options property ' + name);
  return text;
}
function assertKnownOptions(options, names) {
  for (const name of names) if (options?.[name] !== undefined) refuse('the option ' + name);
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const TEXTS = ['long', 'short', 'narrow'], DIGITS = ['numeric', '2-digit'], STYLES = ['full', 'long', 'medium', 'short'];
const two = (n) => String(n).padStart(2, '0');
const named = (name, width) => (width === 'long' ? name : name.slice(0, width === 'short' ? 3 : 1));
const DATE_STYLES = {
  full: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }, long: { month: 'long', day: 'numeric', year: 'numeric' },
  medium: { month: 'short', day: 'numeric', year: 'numeric' }, short: { month: 'numeric', day: 'numeric', year: '2-digit' },
};
const TIME_STYLES = {
  full: { hour: 'numeric', minute: '2-digit', second: '2-digit', zone: 'long' }, long: { hour: 'numeric', minute: '2-digit', second: '2-digit', zone: 'short' },
  medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' }, short: { hour: 'numeric', minute: '2-digit' },
};

/** 'required' and 'defaults' are date, time or, for both, any and all. */
function dateText(date, locales, options, required, defaults) {
  assertEnglish(locales);
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  assertKnownOptions(options, ['era', 'dayPeriod', 'calendar', 'numberingSystem']);
  const time = Date.prototype.getTime.call(date);
  if (time !== time) return 'Invalid Date';
  const zone = options?.timeZone;
  if (zone !== undefined && !['utc', 'gmt', 'etc/utc', 'etc/gmt', '+00:00'].includes(String(zone).toLowerCase())) refuse('the time zone ' + String(zone));
  const f = {
    weekday: chosen(options, 'weekday', TEXTS), year: chosen(options, 'year', DIGITS), month: chosen(options, 'month', [...DIGITS, ...TEXTS]),
    day: chosen(options, 'day', DIGITS), hour: chosen(options, 'hour', DIGITS), minute: chosen(options, 'minute', DIGITS), second: chosen(options, 'second', DIGITS),
    fraction: options?.fractionalSecondDigits, zone: chosen(options, 'timeZoneName', ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric']),
  };
  if (f.fraction !== undefined && !(f.fraction >= 1 && f.fraction <= 3)) throw new RangeError('fractionalSecondDigits value is out of range.');
  if (f.zone !== undefined && f.zone !== 'short' && f.zone !== 'long') refuse('the timeZoneName ' + f.zone);
  const cycle = chosen(options, 'hourCycle', ['h11', 'h12', 'h23', 'h24']), hour12 = chosen(options, 'hour12', [true, false]);
  const dateStyle = chosen(options, 'dateStyle', STYLES), timeStyle = chosen(options, 'timeStyle', STYLES);
  const hasDate = () => f.weekday ?? f.year ?? f.month ?? f.day, hasTime = () => f.hour ?? f.minute ?? f.second ?? f.fraction;
  if (dateStyle || timeStyle) {
    if ((hasDate() ?? hasTime() ?? f.zone) !== undefined) throw new TypeError('Can\'t set option ' + Object.keys(f).find((key) => f[key] !== undefined) + ' when ' + (dateStyle ? 'dateStyle' : 'timeStyle') + ' is used');
    if (required === 'date' && timeStyle) throw new TypeError('Invalid option : timeStyle');
    if (required === 'time' && dateStyle) throw new TypeError('Invalid option : dateStyle');
    Object.assign(f, DATE_STYLES[dateStyle], TIME_STYLES[timeStyle]);
  } else {
    const isGiven = (required !== 'time' && hasDate() !== undefined) || (required !== 'date' && hasTime() !== undefined);
    if (!isGiven && defaults !== 'time') f.year = f.month = f.day = 'numeric';
    if (!isGiven && defaults !== 'date') { f.hour = 'numeric'; f.minute = f.second = '2-digit'; }
  }
  const day = dayText(f, date), clock = clockText(f, date, hour12 === undefined ? (cycle === 'h23' || cycle === 'h24' ? cycle : cycle === 'h11' ? 'h11' : 'h12') : hour12 ? 'h12' : 'h23');
  const zoneText = f.zone === 'long' ? 'Coordinated Universal Time' : f.zone === 'short' ? 'UTC' : '';
  if (day !== '' && clock !== '' && !f.hour) refuse('a time without its hour beside a date');
  const isFull = dateStyle ? dateStyle === 'full' || dateStyle === 'long' : f.month === 'long';
  if (clock === '') return day + (zoneText && (day ? (isFull ? ' at ' : ', ') : '') + zoneText);
  const isDayName = f.weekday !== undefined && (clock.endsWith('M') || f.minute !== undefined) && f.hour !== undefined && f.zone === undefined && (f.year ?? f.month ?? f.day) === undefined;
  return day + (day === '' ? '' : isFull ? ' at ' : isDayName ? ' ' : ', ') + clock + (zoneText && ' ' + zoneText);
}
function dayText(f, date) {
  const at = (name) => Date.prototype['getUTC' + name].call(date);
  const unknown = () => refuse('this choice of date fields');
  const weekday = f.weekday && named(DAYS[at('Day')], f.weekday);
  const number = f.day && (f.day === '2-digit' ? two(at('Date')) : String(at('Date')));
  const full = at('FullYear');
  if (f.year && full < 1) unknown();
  const year = f.year && (f.year === '2-digit' ? two(full % 100) : String(full));
  if (f.month === undefined) {
    if (year && (number || weekday)) unknown();
    return year ?? (number && weekday ? number + ' ' + weekday : number ?? weekday ?? '');
  }
  if (TEXTS.includes(f.month)) {
    if (weekday && !number) unknown();
    const month = named(MONTHS[at('Month')], f.month);
    const rest = month + (number ? ' ' + number : '') + (year ? (number ? ', ' : ' ') + year : '');
    return weekday ? weekday + ', ' + rest : rest;
  }
  const month = at('Month') + 1;
  if (weekday && !number) unknown();
  const rest = [f.month === '2-digit' ? two(month) : String(month), number, year].filter((part) => part !== undefined).join('/');
  return weekday ? weekday + ', ' + rest : rest;
}
function clockText(f, date, cycle) {
  const at = (name) => Date.prototype['getUTC' + name].call(date);
  const fraction = f.fraction === undefined ? undefined : String(at('Milliseconds')).padStart(3, '0').slice(0, Math.floor(f.fraction));
  const parts = [];
  let half = '';
  if (f.hour) {
    const hours = at('Hours');
    if (cycle === 'h12' || cycle === 'h11') {
      const shown = cycle === 'h12' ? hours % 12 || 12 : hours % 12;
      parts.push(f.hour === '2-digit' ? two(shown) : String(shown));
      half = hours < 12 ? ' AM' : ' PM';
    } else if (f.zone && !f.minute) refuse('this choice of time fields');
    else parts.push(two(cycle === 'h24' ? hours || 24 : hours));
  }
  if (f.hour && f.second && !f.minute) refuse('this choice of time fields');
  if (f.minute) parts.push(f.hour || f.second ? two(at('Minutes')) : String(at('Minutes')));
  if (f.second) parts.push(f.minute ? two(at('Seconds')) : String(at('Seconds')));
  if (fraction !== undefined && !f.second && parts.length > 0) refuse('this choice of time fields');
  return parts.join(':') + (fraction === undefined ? '' : parts.length ? '.' + fraction : fraction) + half;
}

const SYMBOLS = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', BRL: 'R$', CAD: 'CA$', AUD: 'A$', MXN: 'MX$', NZD: 'NZ$', ILS: '₪', VND: '₫', TWD: 'NT$', HKD: 'HK$', PHP: '₱', XAF: 'FCFA', XOF: 'F\u202fCFA' };
const NO_CENTS = ['JPY', 'KRW', 'VND', 'XAF', 'XOF', 'CLP', 'ISK', 'UGX'];
function wholeOption(options, name, low, high, fallback) {
  const value = options?.[name];
  if (value === undefined) return fallback;
  const number = Number(value);
  if (!(number >= low && number <= high)) throw new RangeError(name + ' value is out of range.');
  return Math.floor(number);
}
/** The decimal digits of a number in its shortest form, and the position of the decimal point. */
function digitsOf(text) {
  const [mantissa, exponent = '0'] = text.split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const all = whole + fraction, kept = all.replace(/^0+/, '');
  return { digits: kept, point: kept === '' ? 0 : whole.length + Number(exponent) - (all.length - kept.length) };
}
/** Rounds to a number of digits, halves away from zero. */
function rounded({ digits, point }, count) {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const up = digits.charCodeAt(count) >= 53;
  let kept = digits.slice(0, count);
  if (up) {
    kept = String(BigInt('0' + kept) + 1n).padStart(count, '0');
    if (kept.length > count) point += 1;
  }
  return { digits: kept.replace(/0+$/, ''), point: kept === '' ? 0 : point };
}
function numberText(value, locales, options) {
  assertEnglish(locales);
  if (options === null) throw new TypeError('Cannot convert undefined or null to object');
  assertKnownOptions(options, ['unit', 'compactDisplay', 'numberingSystem', 'roundingMode', 'roundingPriority', 'roundingIncrement', 'trailingZeroDisplay', 'currencySign']);
  const style = chosen(options, 'style', ['decimal', 'percent', 'currency', 'unit'], 'decimal');
  if (style === 'unit') refuse('the style unit');
  if (chosen(options, 'notation', ['standard', 'scientific', 'engineering', 'compact'], 'standard') !== 'standard') refuse('the notation ' + options.notation);
  const display = chosen(options, 'currencyDisplay', ['code', 'symbol', 'narrowSymbol', 'name'], 'symbol');
  if (display === 'name' || display === 'narrowSymbol') refuse('the currencyDisplay ' + display);
  const sign = chosen(options, 'signDisplay', ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto');
  const grouping = options?.useGrouping;
  const isGrouped = grouping === undefined || grouping === true || grouping === 'auto' || grouping === 'always' || grouping === 'true' || grouping === 'min2';
  const currency = style === 'currency' ? String(options?.currency ?? '').toUpperCase() : '';
  if (style === 'currency' && options?.currency === undefined) throw new TypeError('Currency code is required with currency style.');
  if (style === 'currency' && !/^[A-Z]{3}$/.test(currency)) throw new RangeError('Invalid currency code : ' + options.currency);
  const cents = NO_CENTS.includes(currency) ? 0 : 2;
  const least = wholeOption(options, 'minimumIntegerDigits', 1, 21, 1);
  let low = wholeOption(options, 'minimumFractionDigits', 0, 100), high = wholeOption(options, 'maximumFractionDigits', 0, 100);
  const defaultLow = style === 'currency' ? cents : 0, defaultHigh = style === 'currency' ? cents : style === 'percent' ? 0 : 3;
  if (low === undefined) low = high === undefined ? defaultLow : Math.min(defaultLow, high);
  if (high === undefined) high = Math.max(defaultHigh, low);
  const usesPlaces = options?.minimumSignificantDigits !== undefined || options?.maximumSignificantDigits !== undefined;
  if (low > high && !usesPlaces) throw new RangeError('maximumFractionDigits value is out of range.');
  const fewest = wholeOption(options, 'minimumSignificantDigits', 1, 21, 1), most = wholeOption(options, 'maximumSignificantDigits', fewest, 21, 21);

  const isNegative = value < 0 || Object.is(value, -0);
  let text, isZero = false;
  if (value !== value) text = 'NaN';
  else if (value === Infinity || value === -Infinity) text = '∞';
  else {
    let exact = digitsOf(String(value < 0 ? -value : value));
    if (style === 'percent' && exact.digits !== '') exact = { ...exact, point: exact.point + 2 };
    const { digits, point } = rounded(exact, usesPlaces ? most : exact.point + high);
    isZero = digits === '';
    const integer = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
    let fraction = point > 0 ? digits.slice(point) : digits === '' ? '' : '0'.repeat(-point) + digits;
    const wanted = usesPlaces ? Math.max(0, isZero ? fewest - 1 : fewest - point) : low;
    fraction = fraction.padEnd(wanted, '0');
    const padded = integer.padStart(least, '0');
    text = (isGrouped && !(grouping === 'min2' && padded.length < 5) ? padded.replace(/\B(?=(\d{3})+$)/g, ',') : padded) + (fraction === '' ? '' : '.' + fraction);
  }
  if (style === 'percent') text += '%';
  if (style === 'currency') {
    const symbol = display === 'code' ? currency : SYMBOLS[currency] ?? currency;
    text = symbol + (/[A-Z]$/.test(symbol) && /\d/.test(text) ? '\u00a0' : '') + text;
  }
  const shown = sign === 'never' ? '' : sign === 'always' ? (isNegative ? '-' : '+') : sign === 'exceptZero' ? (isZero || value !== value ? '' : isNegative ? '-' : '+')
    : sign === 'negative' ? (isNegative && !isZero ? '-' : '') : isNegative ? '-' : '';
  return shown + text;
}

/**
 * The order of characters that are not letters, and then of letters, as in the CLDR root collation; others follow by
 * code point.
 */
const ORDER = '\t\n\v\f\r \u0085\u2028\u2029_‿-–—,;:!¡?¿.…·\'‘’"“”«»()[]{}§¶@*/\\&#%‰†‡•\x60´˜^¯¨°©®+±÷×<=>|¦~¤¢$£¥€0123456789abcdefghijklmnopqrstuvwxyz';
const EXPANDED = { 'æ': 'ae', 'œ': 'oe', 'ß': 'ss', 'ø': 'o', 'ł': 'l', 'đ': 'd', 'ð': 'd', 'ħ': 'h', 'ı': 'i', '²': '2', '³': '3', '¹': '1', 'ª': 'a', 'º': 'o' };
function keyOf(text) {
  const primary = [], secondary = [], tertiary = [];
  for (const char of text.normalize('NFD')) {
    const code = char.codePointAt(0);
    if (code < 9 || (code > 13 && code < 32) || (code >= 127 && code < 160 && code !== 133)) continue;
    if (/\p{M}/u.test(char)) { secondary.push(code); continue; }
    const low = char.toLowerCase();
    const parts = EXPANDED[low] ?? low;
    for (const part of parts) {
      const known = ORDER.indexOf(part);
      primary.push(known >= 0 ? known : 1000 + part.codePointAt(0));
      secondary.push(parts === low ? 0 : 1);
      tertiary.push((low === char ? 0 : 2) + (parts === low ? 0 : 1));
    }
  }
  return [primary, secondary, tertiary];
}
function order(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}
function numeric(text) { return text.split(/(\d+)/); }
function compare(a, b, locales, options) {
  assertEnglish(locales);
  assertKnownOptions(options, ['ignorePunctuation', 'collation']);
  if (chosen(options, 'caseFirst', ['upper', 'lower', 'false'], 'false') === 'upper') refuse('the caseFirst upper');
  const sensitivity = chosen(options, 'sensitivity', ['base', 'accent', 'case', 'variant'], 'variant');
  const levels = sensitivity === 'base' ? [0] : sensitivity === 'accent' ? [0, 1] : sensitivity === 'case' ? [0, 2] : [0, 1, 2];
  const one = options?.numeric ? numericKey(a) : keyOf(a), two = options?.numeric ? numericKey(b) : keyOf(b);
  for (const level of levels) {
    const way = order(one[level], two[level]);
    if (way !== 0) return way;
  }
  return 0;
}
/**
 * For numeric sorting: a sequence of digits counts as one character with its value, after all signs and before all
 * letters.
 */
function numericKey(text) {
  const parts = [[], [], []];
  for (const part of numeric(text)) {
    const key = /^\d+$/.test(part) ? [numberKey(part), [0], [0]] : keyOf(part);
    for (let level = 0; level < 3; level++) parts[level].push(...key[level]);
  }
  return parts;
}
function numberKey(text) {
  const digits = text.replace(/^0+(?=\d)/, '');
  return [ORDER.indexOf('0'), digits.length, ...Array.from(digits, Number)];
}
const changed = (method) => (text, locales) => {
  const list = locales === undefined ? [] : Array.isArray(locales) ? locales : [locales];
  if (/^(tr|az|lt|el|hy)\b/i.test(String(list[0] ?? ''))) refuse('the locale ' + list[0]);
  return method.call(text);
};
return { dateText, numberText, compare, upper: changed(String.prototype.toUpperCase), lower: changed(String.prototype.toLowerCase) };
})()`;
