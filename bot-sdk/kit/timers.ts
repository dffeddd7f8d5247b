/**
 * Timers on a virtual clock: time stops while code runs, and advances to the next timer when the hook waits for nothing
 * else, so the speed of the machine has no effect. Names, order and unusual arguments are handled as in Node.
 */
export const TIMERS = /* js */ `
const MAX_CLOCK_MS = 3600000, MAX_FIRED = 10000, MAX_DELAY_MS = 2147483647;
let elapsed = 0, lastTimer = 0, fired = 0, holding = 0;
/** A binary heap with the next timer first. */
const due = [];
const timerNumbers = { __proto__: null };
const { trunc } = Math;

const isSooner = (a, b) => a.at < b.at || (a.at === b.at && a.n < b.n);
function enqueue(timer) {
  let i = due.length;
  for (; i > 0; ) {
    const up = (i - 1) >> 1;
    if (!isSooner(timer, due[up])) break;
    due[i] = due[up];
    i = up;
  }
  due[i] = timer;
}
function dequeue() {
  const first = due[0], last = due[due.length - 1];
  due.length -= 1;
  const size = due.length;
  if (size === 0) return first;
  let i = 0;
  for (;;) {
    let below = 2 * i + 1;
    if (below >= size) break;
    if (below + 1 < size && isSooner(due[below + 1], due[below])) below += 1;
    if (!isSooner(due[below], last)) break;
    due[i] = due[below];
    i = below;
  }
  due[i] = last;
  return first;
}

const hold = (timer) => { if (timer.isOn && timer.holds) holding += 1; };
const release = (timer) => { if (timer.isOn && timer.holds) holding -= 1; };
function arm(timer) {
  timer.at = elapsed + timer.delay;
  timer.n = ++lastTimer;
  enqueue({ timer, at: timer.at, n: timer.n });
}
function start(timer) {
  timer.isOn = true;
  hold(timer);
  arm(timer);
}
function stop(timer) {
  release(timer);
  timer.isOn = false;
}

/** Fires the next timer. False if there is none that the hook waits for. */
function tick() {
  while (holding > 0) {
    const { timer, n } = dequeue();
    // Skips a timer that was cleared or restarted since it was added.
    if (!timer.isOn || timer.n !== n) continue;
    elapsed = timer.at;
    if (elapsed > MAX_CLOCK_MS || ++fired > MAX_FIRED) {
      host('failed', '{"code":"TIMEOUT","text":"the timers of a hook fire ' + MAX_FIRED +
        ' times at most, and for an hour of its own clock; ctx.setTimer waits longer"}');
      return false;
    }
    if (!timer.repeats) stop(timer);
    try { apply(timer.callback, timer.handle, timer.args); } catch (error) { failWith(error); }
    if (timer.repeats && timer.isOn) arm(timer);
    return true;
  }
  return false;
}
host('ticker', 'null', tick);

const typeName = (value) => (value === null ? 'null' : value === undefined ? 'undefined' : 'type ' + typeof value);
function assertFunction(callback) {
  if (typeof callback === 'function') return;
  const error = new TypeError('The "callback" argument must be of type function. Received ' + typeName(callback));
  error.code = 'ERR_INVALID_ARG_TYPE';
  throw error;
}
function delayOf(delay) {
  const ms = delay * 1;
  return ms >= 1 && ms <= MAX_DELAY_MS ? trunc(ms) : 1;
}

class Timer {
  #timer;
  constructor(timer) { this.#timer = timer; timer.handle = this; }
  ref() { const timer = this.#timer; release(timer); timer.holds = true; hold(timer); return this; }
  unref() { const timer = this.#timer; release(timer); timer.holds = false; return this; }
  hasRef() { return this.#timer.holds; }
  refresh() { const timer = this.#timer; if (timer.isOn) arm(timer); else start(timer); return this; }
  close() { stop(this.#timer); return this; }
  [Symbol.toPrimitive]() { const timer = this.#timer; timerNumbers[timer.first] = timer; return timer.first; }
  static stop(handle) { if (typeof handle === 'object' && handle !== null && #timer in handle) stop(handle.#timer); }
}
const { stop: stopHandle } = Timer;
delete Timer.stop;
delete Timer.prototype.constructor;
class Timeout extends Timer {}
class Immediate extends Timer {}

function timerOf(Kind, callback, delay, repeats, args) {
  assertFunction(callback);
  const timer = { __proto__: null, callback, delay, repeats, args, isOn: false, holds: true };
  const handle = new Kind(timer);
  start(timer);
  timer.first = timer.n;
  return handle;
}
define(globalThis, 'setTimeout', function setTimeout(callback, delay, ...args) { return timerOf(Timeout, callback, delayOf(delay), false, args); });
define(globalThis, 'setInterval', function setInterval(callback, delay, ...args) { return timerOf(Timeout, callback, delayOf(delay), true, args); });
define(globalThis, 'setImmediate', function setImmediate(callback, ...args) { return timerOf(Immediate, callback, 0, false, args); });
function clear(handle) {
  if (typeof handle === 'number' || typeof handle === 'string') {
    const timer = timerNumbers[handle];
    if (timer) stop(timer);
  } else stopHandle(handle);
}
for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) define(globalThis, name, clear);

const { then: realThen } = RealPromise.prototype;
const settled = RealPromise.resolve();
define(globalThis, 'queueMicrotask', function queueMicrotask(callback) {
  assertFunction(callback);
  apply(realThen, settled, [() => { try { callback(); } catch (error) { failWith(error); } }]);
});
`;
