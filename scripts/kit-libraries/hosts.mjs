// Replaces tr46 in the URLs of the kit, whose tables would be larger than everything else. An ASCII name is converted
// to lower case, as in the standard; other names are mapped by the engine's Unicode functions and written in Punycode.
import punycode from 'punycode/punycode.js';

const FULL_STOPS = /[\u3002\uff0e\uff61]/g;
/** Characters that are removed: soft hyphen, invisible joiners, variation selectors. */
const IGNORED = /\u034f|[\u00ad\u200b\u2060\u2064\ufeff]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu;
/** Characters that a name must not contain. */
const REFUSED = /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\uffff]/u;

export function toASCII(domain) {
  const name = isAscii(domain) ? domain.toLowerCase() : mapped(domain);
  const labels = name.split('.').map((label) => (isAscii(label) ? checked(label) : encoded(label)));
  return labels.includes(null) ? null : labels.join('.');
}

export function toUnicode(domain) {
  return { domain: punycode.toUnicode(domain), error: false };
}

const isAscii = (text) => /^[\0-\x7f]*$/.test(text);
const mapped = (text) =>
  text.replace(IGNORED, '').normalize('NFKC').toLowerCase().normalize('NFKC').replace(FULL_STOPS, '.');

function encoded(label) {
  if (REFUSED.test(label) || /^\p{M}/u.test(label)) return null;
  return `xn--${punycode.encode(label)}`;
}

/** A Punycode label must be valid: decoding and encoding must give the same label. */
function checked(label) {
  if (!label.startsWith('xn--')) return label;
  try {
    const text = punycode.decode(label.slice(4));
    return text !== '' && !isAscii(text) && mapped(text) === text && encoded(text) === label ? label : null;
  } catch {
    return null;
  }
}
