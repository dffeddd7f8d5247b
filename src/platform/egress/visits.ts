import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { EgressSettings } from '../egress-settings.js';
import { isElsewhere } from './addresses.js';
import { Deadline } from './deadline.js';
import type { Target } from './host-rules.js';
import { Line } from './line.js';
import { refusalOf, WebRefusal } from './refusal.js';
import { NameResolver } from './resolver.js';
import { handshake } from './secure-line.js';
import { Trust } from './trust.js';

/** Goes to hosts over TLS, one connection for each visit. What fails there is told as that host's failure. */
export class Visits {
  private constructor(
    readonly line: Line,
    readonly trust: Trust,
  ) {}

  /** To hosts whose every address `isAllowed`, and to those that the operator vouches for. */
  static open(settings: EgressSettings, isAllowed: (address: string) => boolean = isElsewhere): Visits {
    return new Visits(
      new Line(new NameResolver(settings.nameServers), settings.vouched, isAllowed),
      new Trust(settings.extraTrust),
    );
  }

  /** Nobody has judged the certificate yet when `there` begins. Afterwards the connection is gone. */
  async visit<T>(
    target: Target,
    { reachMs }: { readonly reachMs: number },
    signal: AbortSignal,
    there: (secure: TLSSocket) => Promise<T>,
  ): Promise<T> {
    let socket: Socket | undefined;
    try {
      using reaching = new Deadline(signal, reachMs, tooLate(target));
      socket = await this.line.connect(target, reaching.signal);
      const secure = await handshake(socket, target.host, this.trust, reaching.signal);
      reaching[Symbol.dispose]();
      return await there(secure);
    } catch (error) {
      throw refusalOf(error, target.host);
    } finally {
      socket?.destroy();
    }
  }
}

export const tooLate = ({ host }: Target) => new WebRefusal('UNREACHABLE', `${host} did not answer in time`);
