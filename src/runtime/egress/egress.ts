import type { Clock } from '../../kernel/clock.js';
import type { Visits } from '../../platform/egress/visits.js';
import type { AnswerMemory } from './answer-memory.js';
import { WEB_LIMITS, type WebLimits } from './limits.js';
import { PageFetch } from './page-fetch.js';
import { Slots } from './slots.js';
import { TlsLook } from './tls-look.js';
import { type WayOut, WebSession } from './web-session.js';

const MOST_CONNECTIONS = 256;

export interface SessionOptions {
  /** As the manifest declares them. */
  readonly hosts: readonly string[];
  readonly limits?: Partial<WebLimits>;
  /** Aborts when the run is over, however it ended. */
  readonly signal: AbortSignal;
  /** Of a run that may be repeated. */
  readonly memory?: AnswerMemory;
}

/**
 * The only way from a bot to the network. It resolves names itself and connects to nothing that is not public, unless the
 * operator vouches for that very host; and it is the witness of what was answered.
 */
export class Egress {
  private readonly out: WayOut;

  constructor(visits: Visits, clock: Clock) {
    this.out = {
      line: visits.line,
      clock,
      pages: new PageFetch(visits, clock),
      tls: new TlsLook(visits, clock),
      slots: new Slots(MOST_CONNECTIONS),
    };
  }

  /** The network of one hook run. */
  session({ hosts, limits, signal, memory }: SessionOptions): WebSession {
    return new WebSession(this.out, hosts, { ...WEB_LIMITS, ...limits }, signal, memory);
  }
}
