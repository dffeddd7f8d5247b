import { isIPv6 } from 'node:net';

/**
 * The key under which an address is limited: the IPv4 address, or the /64 prefix of IPv6, which belongs to one customer
 * of a provider.
 */
export function addressKey(address = ''): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `${firstGroups(plain).join(':')}::/64` : plain;
}

/** The first four of the eight groups, with `::` expanded. */
function firstGroups(address: string): string[] {
  // The last two groups may be written as an IPv4 address.
  const [head = '', tail] = address.replace(/\d+(\.\d+){3}$/, '0:0').split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(missing).fill('0'), ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
}
