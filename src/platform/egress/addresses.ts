import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether an address is public: global, and in no special-purpose range of the IANA registries. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_4.check(address, 'ipv4');
  // An address with a zone is link-local, whatever the address is.
  if (!isIPv6(address) || address.includes('%')) return false;
  return GLOBAL_6.check(address, 'ipv6') && !SPECIAL_6.check(address, 'ipv6');
}

/** Whether an address belongs to this machine. Services that listen on it may trust local connections. */
export function isOwnAddress(address: string): boolean {
  const own = new BlockList();
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
    own.addAddress(address, family === 'IPv4' ? 'ipv4' : 'ipv6');
  }
  return own.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether the server may connect to an address for other people: it is public and does not belong to this machine. */
export const isElsewhere = (address: string) => isPublicAddress(address) && !isOwnAddress(address);

const SPECIAL_4 = blockList('ipv4', [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // // carrier-grade NAT; some clouds have their metadata service here
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // // Azure's host, as seen from a virtual machine
  '169.254.0.0/16', // link-local, metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]);

// 2000::/3 excludes loopback, v4-mapped, NAT64 (64:ff9b::), unique local, link-local and multicast.
const GLOBAL_6 = blockList('ipv6', ['2000::/3']);
const SPECIAL_6 = blockList('ipv6', [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which carries any IPv4 address
  '3fff::/20', // documentation
]);

function blockList(family: 'ipv4' | 'ipv6', subnets: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
