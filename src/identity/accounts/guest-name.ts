/** Makes a display name from a client's name: letters, digits, space, `_`, `-`; at most 24 characters. */
export function guestName(clientName: string): string {
  const plain = clientName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 _-]/g, '')
    .replace(/ +/g, ' ')
    .trim();
  return plain.slice(0, 24).trim() || 'guest';
}
