import { setTimeout } from 'node:timers/promises';
import { inBackground } from '../../kernel/background.js';
import type { Log } from '../../platform/logging.js';
import { FairQueue, type Place } from '../fair-queue.js';
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
/** More at once make each of them slower, on each machine: then nobody's turn counts for anything. */
const MAX_STARTS_AT_ONCE = 4;
/** Far more than a healthy server has waiting. */
const MAX_WAITING = 10_000;
const WAIT_MS = 30_000;
/** Of so many places one account leaves one to others. */
const ONE_LEFT_OF = 8;

/** No sandbox can be had: none starts, or too many wait for one. */
export class NoSandbox extends Error {
  constructor(
    readonly code: 'SANDBOX_UNAVAILABLE' | 'QUEUE_FULL',
    readonly detail: string,
  ) {
    super(detail);
  }
}

/**
 * Every sandbox of the server: so many at most, on one machine or several. Accounts get them in turn, and of each account its
 * channels. No account is at work in all of them at once.
 */
export class Fleet {
  readonly pool: Pool;
  /** How many containers have been started. */
  starts = 0;
  private readonly live = new Set<Sandbox>();
  /** How many containers each machine has, those on their way among them. */
  private readonly used = new Map<Berth, number>();
  private readonly waiting = new FairQueue<Waiter>();
  /** In how many sandboxes each account is at work. */
  private readonly working = new Map<string, number>();
  private readonly mostOfOne: number;
  /** Places that are taken and have no sandbox yet. */
  starting = 0;
  /** Starts that a hook waits for. */
  private startsAwaited = 0;
  /** Sandboxes that were given up for others and are not gone yet. */
  private leaving = 0;
  private isClosed = false;

  constructor(
    private readonly berths: readonly Berth[],
    private readonly settings: FleetSettings,
    log: Log,
    /** Gives up a sandbox that belongs to a bot and does nothing. */
    private readonly giveUpIdle: () => Sandbox | undefined,
  ) {
    this.mostOfOne = settings.most - Math.min(settings.most - 1, Math.ceil(settings.most / ONE_LEFT_OF));
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

  /** Whether somebody waits for a place that another has to leave. */
  get isCrowded(): boolean {
    return !this.hasRoom() && this.waiting.hasFor((account) => this.mayHave(account));
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

  /**
   * A sandbox of nobody's, in which the account is then at work until `leave`. Waits no longer than for a start, or for the turn
   * of the account and its channel.
   */
  async take(harness: Harness, place: Place): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      if (this.isClosed) throw closed();
      const ready = this.mayHave(place.account) ? this.pool.take(harness) : undefined;
      if (ready) {
        this.enter(place.account);
        return ready;
      }
      if (this.pool.isFailing) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox can be started now');
      await this.turn(place);
      try {
        return await this.pool.start(harness);
      } catch {
        this.leave(place.account);
        if (this.isClosed) throw closed();
        if (attempt >= STARTS) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox could be started');
      } finally {
        this.startsAwaited -= 1;
        this.serve();
      }
      await setTimeout(START_AGAIN_MS * attempt);
    }
  }

  /** The account is at work in one more, which it had already. */
  enter(account: string) {
    this.working.set(account, this.workingOf(account) + 1);
  }

  /** The account is not at work any more in a sandbox that it took. */
  leave(account: string) {
    const left = this.workingOf(account) - 1;
    if (left > 0) this.working.set(account, left);
    else this.working.delete(account);
    this.serve();
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

  /** Resolves when a place has been taken for this account, whose turn it is. */
  private async turn(place: Place) {
    if (this.waiting.length >= MAX_WAITING) throw new NoSandbox('QUEUE_FULL', 'too many bots wait for a sandbox');
    const waiter = new Waiter(place.account);
    this.waiting.push(place, waiter);
    const timer = globalThis.setTimeout(() => {
      this.waiting.remove((other) => other === waiter);
      waiter.refuse(new NoSandbox('QUEUE_FULL', 'no sandbox became free in time'));
    }, WAIT_MS);
    this.serve();
    await waiter.place.finally(() => clearTimeout(timer));
  }

  /** Gives places to who waits, as far as there are any; where there is none, whoever does nothing leaves one. */
  private serve() {
    const may = (account: string) => this.mayHave(account);
    while (this.hasRoom() && this.startsAwaited < MAX_STARTS_AT_ONCE * this.berths.length) {
      const next = this.waiting.shift(may);
      if (!next) return;
      this.starting += 1;
      this.startsAwaited += 1;
      this.enter(next.account);
      next.give();
    }
    while (!this.hasRoom() && this.leaving < MAX_STARTS_AT_ONCE && this.waiting.hasFor(may)) {
      const given = this.pool.sacrifice() ?? this.giveUpIdle();
      if (!given) return;
      this.leaving += 1;
      const isGone = given.destroy().finally(() => {
        this.leaving -= 1;
      });
      inBackground('removing a sandbox', isGone);
    }
  }

  private mayHave(account: string): boolean {
    // What is asked for in nobody's name is ours.
    return account === '' || this.workingOf(account) < this.mostOfOne;
  }

  private workingOf(account: string): number {
    return this.working.get(account) ?? 0;
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
    this.serve();
    if (this.waiting.length === 0) this.pool.fill();
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
  constructor(readonly account: string) {}

  give: () => void = () => {};
  refuse: (reason: NoSandbox) => void = () => {};
  readonly place = new Promise<void>((resolve, reject) => {
    this.give = resolve;
    this.refuse = reject;
  });
}
