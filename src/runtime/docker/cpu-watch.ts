import type Dockerode from 'dockerode';

/** The assumed CPU time of a harness's start, if it has not reported it, in milliseconds. */
const START_MS = 150;

/**
 * The CPU time of the running hook, measured by the container engine. The sandbox reports its usage after each hook,
 * but only as the start of the next measurement: a false report gives a hook no more than its wall-time limit.
 */
export class CpuWatch {
  private mark = START_MS;

  constructor(private readonly container: Dockerode.Container) {}

  recordUsage(cpuMs: unknown) {
    if (typeof cpuMs === 'number' && cpuMs >= this.mark) this.mark = cpuMs;
  }

  /** The CPU time that the running hook has left, in milliseconds; the whole limit if the engine gives no figures. */
  async left(limitMs: number): Promise<number> {
    try {
      const { cpu_stats } = await this.container.stats({ stream: false, 'one-shot': true } as { stream: false });
      return limitMs - (cpu_stats.cpu_usage.total_usage / 1e6 - this.mark);
    } catch {
      return limitMs;
    }
  }
}
