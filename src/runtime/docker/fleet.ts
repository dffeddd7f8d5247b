import { setTimeout } from 'node:timers/promises';
import { inBackground } from '../../kernel/background.js';
import type { Log } from '../../platform/logging.js';
import { TurnQueue } from '../turn-queue.js';
import type { ContainerEngine, SandboxImage } from './container-engine.js';
import { type Confinement, containerOptions, type Harness } from './container-options.js';
import { inTime } from './deadline.js';
import { Pool } from './pool.js';
import { removed } from './removal.js';
import { Sandbox } from './sandbox.js';

/** A machine that sandboxes are started on. */
export interface Berth {
  readonly engine: ContainerEngine;
  readonly image: SandboxImage;
}

export interface FleetSettings extends Pick<Confinement, 'cpus' | 'runtime' | 'pids'> {
  /** How many containers at most, in all. */
  readonly most: number;
  /** How many wait, started, for a bot, of each harness. */
  readonly pool: number;
  /** Marks the containers of this server, so that it finds them again after a crash. */
  readonly label: string;
}

export const LABEL = 'parley.server';
const STARTS = 3;
const START_AGAIN_MS = 300;
/** More than a server can start in the time somebody waits. */
const MOST_WAITING = 1_000;
const WAIT_MS = 30_000;

/** No sandbox can be had: none starts, or too many wait for one. */
export class NoSandbox extends Error {
  constructor(
    readonly code: 'SANDBOX_UNAVAILABLE' | 'QUEUE_FULL',
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Every sandbox of the server: so many at most, on one machine or several, given to channels in turn. */
export class Fleet {
  readonly pool: Pool;
  /** How many containers have been started. */
  starts = 0;
  private readonly live = new Set<Sandbox>();
  /** How many containers each machine has, those on their way among them. */
  private readonly used = new Map<Berth, number>();
  private readonly waiting = new TurnQueue<Waiter>();
  /** Places that are taken and have no sandbox yet. */
  private starting = 0;
  private isClosed = false;

  constructor(
    private readonly berths: readonly Berth[],
    private readonly settings: FleetSettings,
    log: Log,
    /** Gives up a sandbox that belongs to a bot and does nothing. */
    private readonly giveUpIdle: () => Sandbox | undefined,
  ) {
    this.pool = new Pool(
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

  /** Removes what an earlier run of this server left behind. */
  async sweep(): Promise<number> {
    const filters = { label: [`${LABEL}=${this.settings.label}`] };
    const found = await Promise.all(
      this.berths.map(async ({ engine: { docker } }) => {
        const containers = await inTime(docker.listContainers({ all: true, filters }));
        await Promise.all(containers.map(({ Id }) => removed(docker.getContainer(Id))));
        return containers.length;
      }),
    );
    return found.reduce((sum, count) => sum + count, 0);
  }

  /** A sandbox of nobody's. Waits no longer than for a start, or for its channel's turn. */
  async take(harness: Harness, channel: string): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw closed();
      const ready = this.pool.take(harness);
      if (ready) return ready;
      if (this.pool.isFailing) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox can be started now');
      await this.takePlace(channel);
      try {
        return await this.pool.start(harness);
      } catch {
        if (this.isClosed) throw closed();
        if (attempt >= STARTS) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox could be started');
        await setTimeout(START_AGAIN_MS * attempt);
      }
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (let waiter = this.waiting.shift(); waiter; waiter = this.waiting.shift()) waiter.refuse(closed());
    await this.pool.close();
    await Promise.all([...this.live].map((sandbox) => sandbox.destroy()));
  }

  /** Takes a place for the pool, where nobody waits for one. */
  private reserve(): boolean {
    if (this.isClosed || this.waiting.length > 0 || !this.hasRoom()) return false;
    this.starting += 1;
    return true;
  }

  private hasRoom(): boolean {
    return this.length < this.settings.most;
  }

  /** Takes a place, for a sandbox that is started next; waits until there is one and it is the channel's turn. */
  private async takePlace(channel: string) {
    if (this.hasRoom()) {
      this.starting += 1;
      return;
    }
    const given = this.pool.sacrifice() ?? this.giveUpIdle();
    // Queued before the place is free, or the pool would take it.
    const turn = this.turn(channel);
    inBackground('removing a sandbox', given?.destroy());
    await turn;
  }

  /** Resolves when a place has been given to this channel. */
  private async turn(channel: string) {
    if (this.waiting.length >= MOST_WAITING) throw new NoSandbox('QUEUE_FULL', 'too many bots wait for a sandbox');
    const waiter = new Waiter();
    this.waiting.push(channel, waiter);
    const timer = globalThis.setTimeout(() => {
      this.waiting.remove(channel, (other) => other === waiter);
      waiter.refuse(new NoSandbox('QUEUE_FULL', 'no sandbox became free in time'));
    }, WAIT_MS);
    await waiter.place.finally(() => clearTimeout(timer));
  }

  /** Starts one in a place that was taken for it. */
  private async start(harness: Harness): Promise<Sandbox> {
    const berth = this.leastUsed();
    this.used.set(berth, this.usedOf(berth) + 1);
    this.starts += 1;
    try {
      const { cpus, runtime, pids, label } = this.settings;
      const labels = { [LABEL]: label };
      const options = containerOptions({ image: berth.image.id, harness, labels, cpus, runtime, pids });
      const sandbox = await Sandbox.start(berth.engine.docker, options);
      this.starting -= 1;
      this.live.add(sandbox);
      const freed = sandbox.gone.then(() => {
        this.live.delete(sandbox);
        this.freed(berth);
      });
      inBackground('freeing a place for a sandbox', freed);
      if (!this.isClosed) return sandbox;
      inBackground('removing a sandbox', sandbox.destroy());
    } catch (error) {
      this.starting -= 1;
      this.freed(berth);
      throw error;
    }
    throw closed();
  }

  /** The place goes to who waits next; it never looks free to anybody else meanwhile. */
  private freed(berth: Berth) {
    this.used.set(berth, this.usedOf(berth) - 1);
    const next = this.waiting.shift();
    if (next) {
      this.starting += 1;
      next.give();
    } else this.pool.fill();
  }

  private usedOf(berth: Berth): number {
    return this.used.get(berth) ?? 0;
  }

  private leastUsed(): Berth {
    return this.berths.reduce((best, berth) => (this.usedOf(berth) < this.usedOf(best) ? berth : best));
  }
}

const closed = () => new NoSandbox('SANDBOX_UNAVAILABLE', 'the server is stopping');

/** Who waits for a place. */
class Waiter {
  give: () => void = () => {};
  refuse: (reason: NoSandbox) => void = () => {};
  readonly place = new Promise<void>((resolve, reject) => {
    this.give = resolve;
    this.refuse = reject;
  });
}
