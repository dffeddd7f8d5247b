import { connect, type Socket } from 'node:net';
import type { VouchedAddress } from '../egress-settings.js';
import { Deadline, untilAborted } from './deadline.js';
import type { Target } from './host-rules.js';
import { WebRefusal } from './refusal.js';
import type { NameResolver } from './resolver.js';

const MOST_ADDRESSES = 3;
/** How long an address may stay silent while there is another one to try. */
const ATTEMPT_MS = 1_200;

/** Connects to hosts by name, and only to addresses that were judged before. */
export class Line {
  constructor(
    private readonly resolver: NameResolver,
    /** Where the operator says that a host is. Holds for that name alone. */
    private readonly vouched: ReadonlyMap<string, VouchedAddress>,
    private readonly isPublic: (address: string) => boolean,
  ) {}

  async connect(target: Target, signal: AbortSignal): Promise<Socket> {
    const vouched = this.vouched.get(target.host);
    if (vouched) return dial(vouched, signal);
    const addresses = await this.resolver.addressesOf(target.host, signal);
    // One bad answer spoils all: a name that is both public and private was made to slip through.
    if (!addresses.every(this.isPublic))
      throw new WebRefusal('FETCH_BLOCKED', `${target.host} is not on the public internet`);
    return this.dialFirst(addresses.slice(0, MOST_ADDRESSES), target.port, signal);
  }

  private async dialFirst([address = '', ...others]: string[], port: number, signal: AbortSignal): Promise<Socket> {
    if (!others.length) return dial({ address, port }, signal);
    try {
      using attempt = new Deadline(
        signal,
        ATTEMPT_MS,
        new WebRefusal('UNREACHABLE', 'the first address did not answer'),
      );
      return await dial({ address, port }, attempt.signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return this.dialFirst(others, port, signal);
    }
  }
}

async function dial({ address, port }: VouchedAddress, signal: AbortSignal): Promise<Socket> {
  // The address is literal, so nothing is looked up again.
  const socket = connect({ host: address, port, noDelay: true, allowHalfOpen: true });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    // Stays: a socket may fail at any later time, and whoever uses it then hears of its end.
    socket.on('error', reject);
  });
  await untilAborted(signal, connected, () => socket.destroy());
  if (socket.remoteAddress === address) return socket;
  socket.destroy();
  throw new WebRefusal('UNREACHABLE', 'the connection was lost as soon as it was made');
}
