import type Dockerode from 'dockerode';

/** What a harness may use to get started, where it has not told. */
const START_MS = 150;

/**
 * How much CPU time a hook has used. What the sandbox tells of itself after each hook is only the mark from which the next
 * one is measured: a lie there buys a hook no more than its wall limit. The measure itself is the engine's.
 */
export class CpuWatch {
  private mark = START_MS;

  constructor(private readonly container: Dockerode.Container) {}

  told(cpuMs: unknown) {
    if (typeof cpuMs === 'number' && cpuMs >= this.mark) this.mark = cpuMs;
  }

  /** How many milliseconds the running hook has left; all of them where the engine does not say. */
  async left(limitMs: number): Promise<number> {
    try {
      const { cpu_stats } = await this.container.stats({ stream: false, 'one-shot': true } as { stream: false });
      return limitMs - (cpu_stats.cpu_usage.total_usage / 1e6 - this.mark);
    } catch {
      return limitMs;
    }
  }
}
