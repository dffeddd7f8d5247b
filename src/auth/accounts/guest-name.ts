/** A name that is safe to show anywhere, made of what a client calls itself: letters, digits, space, `_`, `-`; at most 24. */
export function guestName(clientName: string): string {
  const plain = clientName
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 _-]/g, '')
    .replace(/ +/g, ' ')
    .trim();
  return plain.slice(0, 24).trim() || 'guest';
}
