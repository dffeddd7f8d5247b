import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';

/** The idle time after which memory is collected, so that an immediate next hook is not delayed. */
const REST_MS = 15;
/** The number of uncollected contexts for a collection when idle: 60 would double the memory of a sandbox. */
const MAX_UNSWEPT = 16;
/** The number of uncollected contexts for a collection even if a hook must wait. */
const FAR_TOO_MANY = 64;

/** Frees the memory of finished contexts; V8 alone would wait until memory is almost exhausted. */
export class Housekeeping {
  private readonly sweep = collector();
  private unswept = 0;
  private timer?: NodeJS.Timeout;

  /** Call it when a hook starts. */
  hookStarted() {
    clearTimeout(this.timer);
  }

  /** Call it when a hook is finished and answered. */
  hookEnded() {
    this.unswept += 1;
    if (this.unswept < MAX_UNSWEPT) return;
    const isUrgent = this.unswept >= FAR_TOO_MANY;
    this.timer = setTimeout(
      () => {
        this.unswept = 0;
        this.sweep();
      },
      isUrgent ? 0 : REST_MS,
    );
  }
}

/** The engine's garbage collector. Contexts created later do not have it, so no bot can call it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
