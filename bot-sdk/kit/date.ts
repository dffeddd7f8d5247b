/**
 * A Date whose current time is the event's time plus the time that timers have waited, and whose local time zone is UTC
 * on every machine. Functions that depend on a locale use en-US, or throw a clear error (libraries/locale.ts).
 */
export const DATE = /* js */ `
(function () {
  const RealDate = Date;
  const { UTC, parse: realParse } = RealDate;
  const clock = () => eventTime + elapsed;
  const real = RealDate.prototype;
  const { toUTCString, getTime } = real;
  const { exec } = RegExp.prototype;
  const { toUpperCase } = RealString.prototype;
  // Without a zone the engine would parse the text in the machine's own zone. A date without a time is UTC by the
  // standard.
  const dateOnly = /^[+-]?\\d{4,6}(-\\d\\d){0,2}$/, iso = /^[+-]?\\d{4,6}-\\d\\d-\\d\\d[T ]/;
  const zoned = /(\\dZ|GMT|UTC|(GMT|UTC|:\\d\\d(\\.\\d+)?) ?[+-]\\d\\d:?\\d\\d)\\s*(\\([^()]*\\)\\s*)?$/i;
  const american = /\\b([ECMP])([SD])T\\s*(\\([^()]*\\)\\s*)?$/i;
  const hoursWest = { __proto__: null, E: 5, C: 6, M: 7, P: 8 };
  const parseUtc = (text) => {
    if (apply(exec, dateOnly, [text]) || apply(exec, zoned, [text])) return realParse(text);
    const zone = apply(exec, american, [text]);
    if (zone) {
      const hours = hoursWest[apply(toUpperCase, zone[1], [])] - (apply(toUpperCase, zone[2], []) === 'D' ? 1 : 0);
      return realParse(substring(text, 0, zone.index) + 'GMT-0' + hours + '00');
    }
    return realParse(text + (apply(exec, iso, [text]) ? 'Z' : ' GMT'));
  };
  const timeOf = (args) => {
    if (args.length === 0) return [clock()];
    if (args.length > 1) return [apply(UTC, undefined, args)];
    return [typeof args[0] === 'string' ? parseUtc(args[0]) : args[0]];
  };
  function UtcDate(...args) {
    if (new.target === undefined) return new UtcDate().toString();
    return construct(RealDate, timeOf(args), new.target);
  }
  defineProperty(UtcDate, 'name', { value: 'Date', configurable: true });
  defineProperty(UtcDate, 'length', { value: 7, configurable: true });
  define(UtcDate, 'now', function now() { return clock(); });
  define(UtcDate, 'parse', function parse(text) { return parseUtc(RealString(text)); });
  define(UtcDate, 'UTC', UTC);
  defineProperty(UtcDate, 'prototype', { value: real });
  define(real, 'constructor', UtcDate);
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    define(real, 'get' + part, real['getUTC' + part]);
    if (part !== 'Day') define(real, 'set' + part, real['setUTC' + part]);
  }
  const { getUTCFullYear, setUTCFullYear } = real;
  const valid = (date) => apply(getTime, date, []) === apply(getTime, date, []);
  define(real, 'getTimezoneOffset', function getTimezoneOffset() { return valid(this) ? 0 : NaN; });
  define(real, 'getYear', function getYear() { return apply(getUTCFullYear, this, []) - 1900; });
  define(real, 'setYear', function setYear(year) { return apply(setUTCFullYear, this, [year >= 0 && year <= 99 ? 1900 + +year : year]); });
  // toUTCString has the same parts in another order: 'Fri, 20 Nov 2026 12:00:00 GMT'; the year may be longer or
  // negative.
  const parts = /^(\\w+), (\\d+) (\\w+) (-?\\d+) ([\\d:]+) GMT$/;
  const written = (from) => function () {
    if (!valid(this)) return 'Invalid Date';
    const [, weekday, day, month, year, time] = apply(exec, parts, [apply(toUTCString, this, [])]);
    const date = weekday + ' ' + month + ' ' + day + ' ' + year, clockText = time + ' GMT+0000 (Coordinated Universal Time)';
    return from === 'date' ? date : from === 'time' ? clockText : date + ' ' + clockText;
  };
  define(real, 'toString', written('all'));
  define(real, 'toDateString', written('date'));
  define(real, 'toTimeString', written('time'));
  const local = (required, defaults) => function (locales, options) { valid(this); return library('locale').dateText(this, locales, options, required, defaults); };
  define(real, 'toLocaleString', local('any', 'all'));
  define(real, 'toLocaleDateString', local('date', 'date'));
  define(real, 'toLocaleTimeString', local('time', 'time'));
  for (const name of ['toString', 'toDateString', 'toTimeString', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString']) {
    defineProperty(real[name], 'name', { value: name, configurable: true });
  }
  define(globalThis, 'Date', UtcDate);

  for (const prototype of [Number.prototype, BigInt.prototype]) {
    const { valueOf } = prototype;
    define(prototype, 'toLocaleString', function toLocaleString(locales, options) {
      return library('locale').numberText(apply(valueOf, this, []), locales, options);
    });
  }
  const words = RealString.prototype;
  const textOf = (value) => {
    if (value === undefined || value === null) throw new TypeError('String.prototype method called on null or undefined');
    return RealString(value);
  };
  define(words, 'localeCompare', function localeCompare(other, locales, options) {
    return library('locale').compare(textOf(this), RealString(other), locales, options);
  });
  define(words, 'toLocaleUpperCase', function toLocaleUpperCase(locales) { return library('locale').upper(textOf(this), locales); });
  define(words, 'toLocaleLowerCase', function toLocaleLowerCase(locales) { return library('locale').lower(textOf(this), locales); });
})();
`;
