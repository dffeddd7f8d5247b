// Replaces the old encodings in the URLs of the kit: URLs of bots are always in UTF-8.
export function percentEncodeAfterEncoding(_, text, set, spaceAsPlus = false) {
  let result = '';
  for (const byte of new TextEncoder().encode(text)) {
    if (spaceAsPlus && byte === 32) result += '+';
    else if (byte > 0x7e || byte < 0x20 || set.includes(String.fromCharCode(byte)))
      result += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    else result += String.fromCharCode(byte);
  }
  return result;
}
