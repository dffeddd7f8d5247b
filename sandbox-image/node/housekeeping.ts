import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';

/** A bot that is asked again at once is not kept waiting; one that rests this long will rest longer. */
const REST_MS = 15;
/** Contexts that nobody has swept up: 60 of them would double what a sandbox takes. */
const MOST_UNSWEPT = 16;
/** So many are swept up even where a hook has to wait for it. */
const FAR_TOO_MANY = 64;

/** Gives back the memory of contexts whose hook is over; by itself V8 would wait until there is hardly any left. */
export class Housekeeping {
  private readonly sweep = collector();
  private unswept = 0;
  private timer?: NodeJS.Timeout;

  /** A hook begins. */
  disturb() {
    clearTimeout(this.timer);
  }

  /** A hook is over and answered. */
  rest() {
    this.unswept += 1;
    if (this.unswept < MOST_UNSWEPT) return;
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

/** The engine's own collector, without lending it to any bot: contexts made later do not have it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
