import { setTimeout } from 'node:timers/promises';
import type { Log } from '../../platform/logging.js';
import { TurnQueue } from '../turn-queue.js';
import type { ContainerEngine, SandboxImage } from './container-engine.js';
import { type Confinement, containerOptions, type Harness } from './container-options.js';
import { Pool } from './pool.js';
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
  private readonly live = new Map<Sandbox, Berth>();
  private readonly waiting = new TurnQueue<() => void>();
  private starting = 0;

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
      () => this.hasRoom() && this.waiting.length === 0,
      (error) => log.error({ err: error }, 'a sandbox could not be started'),
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
        const containers = await docker.listContainers({ all: true, filters });
        await Promise.all(
          containers.map(({ Id }) =>
            docker
              .getContainer(Id)
              .remove({ force: true, v: true })
              .catch(() => {}),
          ),
        );
        return containers.length;
      }),
    );
    return found.reduce((sum, count) => sum + count, 0);
  }

  /** A sandbox of nobody's. Waits no longer than for a start, or for its channel's turn. */
  async take(harness: Harness, channel: string): Promise<Sandbox> {
    for (let attempt = 1; ; attempt++) {
      const ready = this.pool.take(harness);
      if (ready) return ready;
      if (this.pool.isFailing) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox can be started now');
      if (!this.hasRoom()) await this.makeRoom(channel);
      try {
        return await this.pool.start(harness);
      } catch {
        if (attempt >= STARTS) throw new NoSandbox('SANDBOX_UNAVAILABLE', 'no sandbox could be started');
        await setTimeout(START_AGAIN_MS * attempt);
      }
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
    await Promise.all([...this.live.keys()].map((sandbox) => sandbox.destroy()));
  }

  private hasRoom(): boolean {
    return this.length < this.settings.most;
  }

  private async makeRoom(channel: string) {
    const given = this.pool.sacrifice() ?? this.giveUpIdle();
    if (given) await given.destroy();
    else await this.turn(channel);
  }

  /** Resolves when a place is free and it is the channel's turn. */
  private async turn(channel: string) {
    if (this.waiting.length >= MOST_WAITING) throw new NoSandbox('QUEUE_FULL', 'too many bots wait for a sandbox');
    const { promise, resolve } = withResolver();
    this.waiting.push(channel, resolve);
    const isOurs = await Promise.race([promise, setTimeout(WAIT_MS, false, { ref: false })]);
    if (!isOurs) throw new NoSandbox('QUEUE_FULL', 'no sandbox became free in time');
  }

  private async start(harness: Harness): Promise<Sandbox> {
    const berth = this.leastUsed();
    this.starting += 1;
    this.starts += 1;
    try {
      const { cpus, runtime, pids, label } = this.settings;
      const labels = { [LABEL]: label };
      const options = containerOptions({ image: berth.image.id, harness, labels, cpus, runtime, pids });
      const sandbox = await Sandbox.start(berth.engine.docker, options);
      this.live.set(sandbox, berth);
      void sandbox.gone.then(() => this.freed(sandbox));
      return sandbox;
    } finally {
      this.starting -= 1;
    }
  }

  private freed(sandbox: Sandbox) {
    this.live.delete(sandbox);
    const next = this.waiting.shift();
    if (next) next();
    else this.pool.fill();
  }

  private leastUsed(): Berth {
    const used = (berth: Berth) => [...this.live.values()].filter((other) => other === berth).length;
    return this.berths.reduce((best, berth) => (used(berth) < used(best) ? berth : best));
  }
}

function withResolver() {
  let resolve = () => {};
  const promise = new Promise<true>((settle) => {
    resolve = () => settle(true);
  });
  return { promise, resolve };
}
