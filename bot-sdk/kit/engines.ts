/** Removes differences between QuickJS and V8: a feature that only one of them has is added to the other or removed. */
export const ENGINES = /* js */ `
const typeErrors = TypeError.prototype;
for (const [holder, names] of [
  [Math, ['sumPrecise']], [Set, ['groupBy']], [Iterator, ['concat']],
  [Map.prototype, ['getOrInsert', 'getOrInsertComputed']], [WeakMap.prototype, ['getOrInsert', 'getOrInsertComputed']],
]) for (const name of names) delete holder[name];
for (const name of ['dispose', 'asyncDispose']) {
  if (!Symbol[name]) defineProperty(Symbol, name, { value: Symbol('Symbol.' + name) });
}
if (!RealError.captureStackTrace) {
  define(RealError, 'captureStackTrace', function captureStackTrace(object) {
    define(object, 'stack', RealString(object) + '\\n' + new RealError().stack);
  });
  define(RealError, 'stackTraceLimit', 10);
}
if (!Array.fromAsync) define(Array, 'fromAsync', async function fromAsync(items, map, self) {
  if (map !== undefined && typeof map !== 'function') throw new TypeError(RealString(map) + ' is not a function');
  const isIterable = items[Symbol.asyncIterator] != null || items[Symbol.iterator] != null;
  const list = typeof this === 'function' ? (isIterable ? new this() : new this(items.length)) : [];
  let i = 0;
  const add = async (item) => { defineProperty(list, i, { value: map ? await apply(map, self, [item, i]) : item, writable: true, enumerable: true, configurable: true }); i += 1; };
  if (isIterable) for await (const item of items) await add(item);
  else for (; i < items.length; ) await add(await items[i]);
  list.length = i;
  return list;
});
// In QuickJS a helper over an iterator without a return method throws when it ends early.
const helpers = getPrototypeOf([].values().map(() => 1)), { return: endHelper } = helpers;
try { [].values().map(() => 1).return(); } catch {
  define(helpers, 'return', function () {
    try { return apply(endHelper, this, []); } catch (error) {
      if (getPrototypeOf(error) !== typeErrors || error.message !== 'not a function') throw error;
      return { value: undefined, done: true };
    }
  });
}
`;
