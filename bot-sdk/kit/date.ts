/** Third part of the kit: a Date whose now is the event's time and whose local time is UTC, whatever zone the machine is in. */
export const DATE = /* js */ `
(function () {
  const RealDate = Date;
  const { UTC, parse: realParse } = RealDate;
  const eventTime = realParse(input.now);
  const real = RealDate.prototype;
  const { toISOString, toUTCString } = real;
  // Without a zone the engine would read the text in the machine's own. Dates alone are UTC by the standard.
  const dateOnly = /^[+-]?\\d{4,6}(-\\d\\d){0,2}$/, iso = /^[+-]?\\d{4,6}-\\d\\d-\\d\\d[T ]/;
  const zoned = /(\\dZ|GMT|UTC|(GMT|UTC|:\\d\\d(\\.\\d+)?) ?[+-]\\d\\d:?\\d\\d)\\s*$/i;
  const test = RegExp.prototype.test;
  const parseUtc = (text) => {
    if (apply(test, dateOnly, [text]) || apply(test, zoned, [text])) return realParse(text);
    return realParse(text + (apply(test, iso, [text]) ? 'Z' : ' GMT'));
  };
  const timeOf = (args) => {
    if (args.length === 0) return [eventTime];
    if (args.length > 1) return [apply(UTC, undefined, args)];
    return [typeof args[0] === 'string' ? parseUtc(args[0]) : args[0]];
  };
  function UtcDate(...args) {
    if (new.target === undefined) return new UtcDate().toString();
    return construct(RealDate, timeOf(args), new.target);
  }
  define(UtcDate, 'now', () => eventTime);
  define(UtcDate, 'parse', (text) => parseUtc(RealString(text)));
  define(UtcDate, 'UTC', UTC);
  defineProperty(UtcDate, 'prototype', { value: real });
  define(real, 'constructor', UtcDate);
  for (const part of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    define(real, 'get' + part, real['getUTC' + part]);
    if (part !== 'Day') define(real, 'set' + part, real['setUTC' + part]);
  }
  const { getUTCFullYear, setUTCFullYear, getTime } = real;
  const valid = (date) => apply(getTime, date, []) === apply(getTime, date, []);
  define(real, 'getTimezoneOffset', function () { return valid(this) ? 0 : NaN; });
  define(real, 'getYear', function () { return apply(getUTCFullYear, this, []) - 1900; });
  define(real, 'setYear', function (year) { return apply(setUTCFullYear, this, [year >= 0 && year <= 99 ? 1900 + +year : year]); });
  const part = (from, to) => function () { return valid(this) ? substring(apply(toISOString, this, []), from, to) : 'Invalid Date'; };
  const long = function () { return valid(this) ? apply(toUTCString, this, []) + '+0000' : 'Invalid Date'; };
  define(real, 'toString', long);
  define(real, 'toDateString', part(0, 10));
  define(real, 'toTimeString', part(11, 19));
  define(real, 'toLocaleString', long);
  define(real, 'toLocaleDateString', part(0, 10));
  define(real, 'toLocaleTimeString', part(11, 19));
  define(globalThis, 'Date', UtcDate);
})();
`;
