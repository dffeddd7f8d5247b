import { promises as dns } from 'node:dns';
import { untilAborted } from './deadline.js';
import { codeOf, WebRefusal } from './refusal.js';

const ATTEMPT_MS = 1_000;
const ATTEMPTS = 2;

/**
 * Asks name servers for all addresses of a name, IPv4 first. Never reads a hosts file, never completes a name, remembers
 * nothing: who connects to what is answered here connects to what was judged.
 */
export class NameResolver {
  /** `servers` are `ip:port`; empty means those of the system. */
  constructor(private readonly servers: readonly string[]) {}

  async addressesOf(host: string, signal: AbortSignal): Promise<string[]> {
    const resolver = new dns.Resolver({ timeout: ATTEMPT_MS, tries: ATTEMPTS });
    if (this.servers.length) resolver.setServers(this.servers);
    const answers = Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const settled = await untilAborted(signal, answers, () => resolver.cancel());
    const found = settled.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length) return found;
    const codes = settled.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : ''));
    const isUnknown = codes.every((code) => code === 'ENOTFOUND' || code === 'ENODATA');
    throw new WebRefusal('UNREACHABLE', `${host} ${isUnknown ? 'has no address' : 'could not be looked up'}`);
  }
}
