import { setTimeout } from 'node:timers/promises';
import { inBackground } from '../../kernel/background.js';
import type { Log } from '../../platform/observability/logging.js';
import { FairQueue, type QueuePosition } from '../fair-queue.js';
import type { ContainerEngine, SandboxImage } from './container-engine.js';
import { type Confinement, containerOptions, type Harness } from './container-options.js';
import { withTimeout } from './engine-timeout.js';
import { removeContainer } from './remove-container.js';
import { Sandbox } from './sandbox.js';
import { SandboxPool } from './sandbox-pool.js';

/** A machine with a container engine. */
export interface SandboxHost {
  readonly engine: ContainerEngine;
  readonly image: SandboxImage;
}

export interface SandboxSchedulerSettings extends Pick<Confinement, 'cpus' | 'runtime' | 'pids'> {
  /** The maximum number of containers. */
  readonly maxContainers: number;
  /** The number of started sandboxes to keep ready, per harness. */
  readonly pool: number;
  /** The label of this server's containers, to find them after a crash. */
  readonly label: string;
}

export const SANDBOX_LABEL = 'parley.server';
const MAX_START_ATTEMPTS = 3;
const RETRY_MS = 300;
/**
 * How many containers start at once per machine: more concurrent starts make each of them slower, and hooks would no
 * longer get sandboxes in the order of their turns.
 */
const MAX_CONCURRENT_STARTS = 4;
/** The maximum number of waiting hooks; a healthy server has far fewer. */
const MAX_WAITING = 10_000;
const WAIT_MS = 30_000;
/** Of every 8 places, one is kept for other accounts: one account never uses more than 7 of 8. */
const PLACES_PER_RESERVED_ONE = 8;

/** No sandbox is available: none can be started, or too many hooks wait. */
export class NoSandboxError extends Error {
  constructor(
    readonly code: 'SANDBOX_UNAVAILABLE' | 'QUEUE_FULL',
    readonly detail: string,
  ) {
    super(detail);
  }
}

/**
 * Assigns all sandboxes of the server, up to a maximum, on one or several machines. Accounts take turns, and within an
 * account its channels. No account uses all sandboxes at once.
 */
export class SandboxScheduler {
  readonly pool: SandboxPool;
  /** The number of containers started so far. */
  starts = 0;
  private readonly live = new Set<Sandbox>();
  /** The number of containers per machine, including those that are starting. */
  private readonly used = new Map<SandboxHost, number>();
  private readonly waiting = new FairQueue<Waiter>();
  /** The number of sandboxes in use per account. */
  private readonly inUse = new Map<string, number>();
  private readonly maxPerAccount: number;
  /** The number of places reserved for sandboxes that are starting. */
  starting = 0;
  /** How many of the starting sandboxes a hook waits for. */
  private startsAwaited = 0;
  /** The number of sandboxes that are being removed to free their places. */
  private leaving = 0;
  private isClosed = false;

  constructor(
    private readonly hosts: readonly SandboxHost[],
    private readonly settings: SandboxSchedulerSettings,
    log: Log,
    /** Takes an idle sandbox from its bot and returns it, to be destroyed. */
    private readonly evictIdle: () => Sandbox | undefined,
  ) {
    this.maxPerAccount =
      settings.maxContainers -
      Math.min(settings.maxContainers - 1, Math.ceil(settings.maxContainers / PLACES_PER_RESERVED_ONE));
    this.pool = new SandboxPool(
      settings.pool,
      (harness) => this.start(harness),
      () => this.reserve(),
      (error) => {
        if (!this.isClosed) log.error({ err: error }, 'a sandbox could not be started');
      },
    );
  }

  get length(): number {
    return this.live.size + this.starting;
  }

  get waitingLength(): number {
    return this.waiting.length;
  }

  /** Whether hooks wait for a place. */
  get isCrowded(): boolean {
    return !this.hasRoom() && this.waiting.hasFor((account) => this.mayHave(account));
  }

  /** Removes the containers with a label; by default those left by an earlier run of this server. */
  async sweep(label = this.settings.label): Promise<number> {
    const filters = { label: [`${SANDBOX_LABEL}=${label}`] };
    const counts = await Promise.all(
      this.hosts.map(async ({ engine: { docker } }) => {
        const containers = await withTimeout(docker.listContainers({ all: true, filters }));
        await Promise.all(containers.map(({ Id }) => removeContainer(docker.getContainer(Id))));
        return containers.length;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * A sandbox that is not bound to a bot. It counts as used by the account until `leave`. Waits for the turn of the
   * account and its channel, and for a start.
   */
  async take(harness: Harness, position: QueuePosition): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw closed();
      const ready = this.mayHave(position.account) ? this.pool.take(harness) : undefined;
      if (ready) {
        this.enter(position.account);
        return ready;
      }
      if (this.pool.isFailing) throw new NoSandboxError('SANDBOX_UNAVAILABLE', 'no sandbox can be started now');
      await this.waitForTurn(position);
      try {
        return await this.pool.start(harness);
      } catch {
        this.leave(position.account);
        if (this.isClosed) throw closed();
        if (attempt >= MAX_START_ATTEMPTS)
          throw new NoSandboxError('SANDBOX_UNAVAILABLE', 'no sandbox could be started');
      } finally {
        this.startsAwaited -= 1;
        this.assignPlaces();
      }
      await setTimeout(RETRY_MS * attempt);
    }
  }

  /** Counts one more sandbox as used by the account. */
  enter(account: string) {
    this.inUse.set(account, this.inUseBy(account) + 1);
  }

  /** Counts one sandbox fewer as used by the account. */
  leave(account: string) {
    const remaining = this.inUseBy(account) - 1;
    if (remaining > 0) this.inUse.set(account, remaining);
    else this.inUse.delete(account);
    this.assignPlaces();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (let waiter = this.waiting.shift(); waiter; waiter = this.waiting.shift()) waiter.refuse(closed());
    await this.pool.close();
    await Promise.all([...this.live].map((sandbox) => sandbox.destroy()));
  }

  /** Reserves a place for the pool, if no hook waits. */
  private reserve(): boolean {
    if (this.isClosed || this.waiting.length > 0 || !this.hasRoom()) return false;
    this.starting += 1;
    return true;
  }

  private hasRoom(): boolean {
    return this.length < this.settings.maxContainers;
  }

  /** Resolves when it is the turn of this account and a place is reserved for it. */
  private async waitForTurn(position: QueuePosition) {
    if (this.waiting.length >= MAX_WAITING) throw new NoSandboxError('QUEUE_FULL', 'too many bots wait for a sandbox');
    const waiter = new Waiter(position.account);
    this.waiting.push(position, waiter);
    const timer = globalThis.setTimeout(() => {
      this.waiting.remove((other) => other === waiter);
      waiter.refuse(new NoSandboxError('QUEUE_FULL', 'no sandbox became free in time'));
    }, WAIT_MS);
    this.assignPlaces();
    await waiter.place.finally(() => clearTimeout(timer));
  }

  /** Gives free places to waiting hooks. If there are none, it removes an idle sandbox. */
  private assignPlaces() {
    const may = (account: string) => this.mayHave(account);
    while (this.hasRoom() && this.startsAwaited < MAX_CONCURRENT_STARTS * this.hosts.length) {
      const next = this.waiting.shift(may);
      if (!next) return;
      this.starting += 1;
      this.startsAwaited += 1;
      this.enter(next.account);
      next.give();
    }
    while (!this.hasRoom() && this.leaving < MAX_CONCURRENT_STARTS && this.waiting.hasFor(may)) {
      const evicted = this.pool.evictIdle() ?? this.evictIdle();
      if (!evicted) return;
      this.leaving += 1;
      const isGone = evicted.destroy().finally(() => {
        this.leaving -= 1;
      });
      inBackground('removing a sandbox', isGone);
    }
  }

  private mayHave(account: string): boolean {
    // Work without an account is the server's own.
    return account === '' || this.inUseBy(account) < this.maxPerAccount;
  }

  private inUseBy(account: string): number {
    return this.inUse.get(account) ?? 0;
  }

  /** Starts a sandbox in a reserved place. */
  private async start(harness: Harness): Promise<Sandbox> {
    const host = this.leastUsed();
    this.used.set(host, this.usedOf(host) + 1);
    this.starts += 1;
    try {
      const { cpus, runtime, pids, label } = this.settings;
      const labels = { [SANDBOX_LABEL]: label };
      const options = containerOptions({ image: host.image.id, harness, labels, cpus, runtime, pids });
      const sandbox = await Sandbox.start(host.engine.docker, options);
      this.starting -= 1;
      this.live.add(sandbox);
      const release = sandbox.gone.then(() => {
        this.live.delete(sandbox);
        this.releasePlace(host);
      });
      inBackground('freeing a place for a sandbox', release);
      if (!this.isClosed) return sandbox;
      inBackground('removing a sandbox', sandbox.destroy());
    } catch (error) {
      this.starting -= 1;
      this.releasePlace(host);
      throw error;
    }
    throw closed();
  }

  /** Gives a freed place directly to the next waiting hook, so that the pool cannot take it in between. */
  private releasePlace(host: SandboxHost) {
    this.used.set(host, this.usedOf(host) - 1);
    this.assignPlaces();
    if (this.waiting.length === 0) this.pool.fill();
  }

  private usedOf(host: SandboxHost): number {
    return this.used.get(host) ?? 0;
  }

  private leastUsed(): SandboxHost {
    return this.hosts.reduce((best, host) => (this.usedOf(host) < this.usedOf(best) ? host : best));
  }
}

const closed = () => new NoSandboxError('SANDBOX_UNAVAILABLE', 'the server is stopping');

/** A hook that waits for a place. */
class Waiter {
  constructor(readonly account: string) {}

  give: () => void = () => {};
  refuse: (reason: NoSandboxError) => void = () => {};
  readonly place = new Promise<void>((resolve, reject) => {
    this.give = resolve;
    this.refuse = reject;
  });
}
