// Replaces webidl-conversions in the URLs of the kit: only the two conversions that they need.
export function USVString(value, { context = 'Value' } = {}) {
  if (typeof value === 'symbol') throw new TypeError(`${context} is a symbol, which cannot be converted to a string.`);
  return String(value).toWellFormed();
}

export const any = (value) => value;
