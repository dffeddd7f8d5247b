import { connect, type Socket } from 'node:net';
import { AbortDeadline, untilAborted } from './abort-deadline.js';
import type { VouchedAddress } from './egress-settings.js';
import type { HostTarget } from './host-rules.js';
import { WebRefusalError } from './refusal.js';
import type { NameResolver } from './resolver.js';

const MAX_ADDRESSES = 3;
/** How long to wait for an address before trying the next one, in milliseconds. */
const ATTEMPT_MS = 1_200;

/** Connects to hosts by name, and only to addresses that passed the check. */
export class HostConnector {
  constructor(
    private readonly resolver: NameResolver,
    /** Fixed addresses set by the operator. Each applies only to its own name. */
    private readonly vouched: ReadonlyMap<string, VouchedAddress>,
    private readonly isPublic: (address: string) => boolean,
  ) {}

  async connect(target: HostTarget, signal: AbortSignal): Promise<Socket> {
    const vouched = this.vouched.get(target.host);
    if (vouched) return dial(vouched, signal);
    const addresses = await this.resolver.addressesOf(target.host, signal);
    // One forbidden address rejects the name: a name that is both public and private is an attempt to bypass the check.
    if (!addresses.every(this.isPublic))
      throw new WebRefusalError('FETCH_BLOCKED', `${target.host} is not on the public internet`);
    return this.dialFirst(addresses.slice(0, MAX_ADDRESSES), target.port, signal);
  }

  private async dialFirst([address = '', ...others]: string[], port: number, signal: AbortSignal): Promise<Socket> {
    if (!others.length) return dial({ address, port }, signal);
    try {
      using attempt = new AbortDeadline(
        signal,
        ATTEMPT_MS,
        new WebRefusalError('UNREACHABLE', 'the first address did not answer'),
      );
      return await dial({ address, port }, attempt.signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return this.dialFirst(others, port, signal);
    }
  }
}

async function dial({ address, port }: VouchedAddress, signal: AbortSignal): Promise<Socket> {
  // The host is an IP address, so there is no second name lookup.
  const socket = connect({ host: address, port, noDelay: true, allowHalfOpen: true });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // This listener stays: a socket may fail later, and an unhandled error event would end the process.
    socket.on('error', reject);
  });
  await untilAborted(signal, connected, () => socket.destroy());
  if (socket.remoteAddress === address) return socket;
  socket.destroy();
  throw new WebRefusalError('UNREACHABLE', 'the connection was lost as soon as it was made');
}
