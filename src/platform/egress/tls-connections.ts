import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AbortDeadline } from './abort-deadline.js';
import { isElsewhere } from './addresses.js';
import type { EgressSettings } from './egress-settings.js';
import { HostConnector } from './host-connector.js';
import type { HostTarget } from './host-rules.js';
import { WebRefusalError, webRefusalOf } from './refusal.js';
import { NameResolver } from './resolver.js';
import { handshake } from './tls-handshake.js';
import { Trust } from './trust.js';

/** Connects to hosts over TLS, with a new connection per visit. Errors become refusals that name the host. */
export class TlsConnections {
  private constructor(
    readonly connector: HostConnector,
    readonly trust: Trust,
  ) {}

  /** Allows hosts whose addresses all pass `isAllowed`, and those with an address set by the operator. */
  static open(settings: EgressSettings, isAllowed: (address: string) => boolean = isElsewhere): TlsConnections {
    return new TlsConnections(
      new HostConnector(new NameResolver(settings.nameServers), settings.vouched, isAllowed),
      new Trust(settings.extraTrust),
    );
  }

  /**
   * Connects, calls the function and closes the connection. The certificate is not yet checked when the function is
   * called.
   */
  async visit<T>(
    target: HostTarget,
    { reachMs }: { readonly reachMs: number },
    signal: AbortSignal,
    use: (secure: TLSSocket) => Promise<T>,
  ): Promise<T> {
    let socket: Socket | undefined;
    try {
      using reaching = new AbortDeadline(signal, reachMs, tooLate(target));
      socket = await this.connector.connect(target, reaching.signal);
      const secure = await handshake(socket, target.host, this.trust, reaching.signal);
      reaching[Symbol.dispose]();
      return await use(secure);
    } catch (error) {
      throw webRefusalOf(error, target.host);
    } finally {
      socket?.destroy();
    }
  }
}

export const tooLate = ({ host }: HostTarget) => new WebRefusalError('UNREACHABLE', `${host} did not answer in time`);
