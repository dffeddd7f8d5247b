import type { Clock } from '../../kernel/clock.js';
import type { TlsConnections } from '../../platform/egress/tls-connections.js';
import type { AnswerMemory } from './answer-memory.js';
import { CertificateLookup } from './certificate-lookup.js';
import { WEB_LIMITS, type WebLimits } from './limits.js';
import { PageFetch } from './page-fetch.js';
import { RunNetwork, type SharedNetwork } from './run-network.js';
import { Semaphore } from './semaphore.js';

const MAX_CONNECTIONS = 256;

export interface SessionOptions {
  /** The hosts as declared in the manifest. */
  readonly hosts: readonly string[];
  readonly limits?: Partial<WebLimits>;
  /** Aborts when the run ends. */
  readonly signal: AbortSignal;
  /** For a run that may be repeated. */
  readonly memory?: AnswerMemory;
}

/**
 * The only access of bots to the network. It resolves names itself, connects only to public addresses or hosts set by
 * the operator, and records all answers.
 */
export class Egress {
  private readonly out: SharedNetwork;

  constructor(connections: TlsConnections, clock: Clock) {
    this.out = {
      line: connections.connector,
      clock,
      pages: new PageFetch(connections, clock),
      tls: new CertificateLookup(connections, clock),
      slots: new Semaphore(MAX_CONNECTIONS),
    };
  }

  /** The network of one hook run. */
  session({ hosts, limits, signal, memory }: SessionOptions): RunNetwork {
    return new RunNetwork(this.out, hosts, { ...WEB_LIMITS, ...limits }, signal, memory);
  }
}
