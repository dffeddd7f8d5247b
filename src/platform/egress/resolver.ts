import { promises as dns } from 'node:dns';
import { untilAborted } from './abort-deadline.js';
import { codeOf, WebRefusalError } from './refusal.js';

const ATTEMPT_MS = 1_000;
const ATTEMPTS = 2;

/**
 * Resolves a name to all its addresses, IPv4 first. It uses no hosts file, search domains or cache, so that the server
 * connects exactly to the addresses that were checked.
 */
export class NameResolver {
  /** `servers` as `ip:port`; empty: those of the system. */
  constructor(private readonly servers: readonly string[]) {}

  async addressesOf(host: string, signal: AbortSignal): Promise<string[]> {
    const resolver = new dns.Resolver({ timeout: ATTEMPT_MS, tries: ATTEMPTS });
    if (this.servers.length) resolver.setServers(this.servers);
    const answers = Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const settled = await untilAborted(signal, answers, () => resolver.cancel());
    const addresses = settled.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length) return addresses;
    const codes = settled.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : ''));
    const isUnknown = codes.every((code) => code === 'ENOTFOUND' || code === 'ENODATA');
    throw new WebRefusalError('UNREACHABLE', `${host} ${isUnknown ? 'has no address' : 'could not be looked up'}`);
  }
}
