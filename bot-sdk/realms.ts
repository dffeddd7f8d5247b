import type { RunLimits } from './contract.js';
import type { EngineImage } from './engine-image.js';
import { PreparedRealm, type RealmProgram } from './prepared-realm.js';

/** How many programs of one engine are kept as compiled. Each takes about half a megabyte. */
const MAX_IMAGES = 12;

interface Kept {
  readonly kit: string;
  readonly memoryMb: number;
  readonly stackKb: number;
  readonly realm: PreparedRealm;
  /** The memory in which only the kit has run. */
  readonly withKit: EngineImage;
  /** The memory after a program was compiled, or `withKit` if that is impossible, by the program's text. */
  readonly images: Map<string, EngineImage>;
  isErased: boolean;
}

/**
 * Gives each hook a realm in which nothing but the kit has run, and the program at most been compiled. The engine of the
 * last hook is used again with its memory restored, which takes a tenth of the time of a new one; a new one takes its
 * place after a crash, a time-out, or when its memory has grown. The next hook cannot tell the difference.
 */
export class Realms {
  private kept?: Kept;

  /** The number of programs that are kept as compiled. */
  get compiled(): number {
    return this.kept?.images.size ?? 0;
  }

  /** A realm for one hook at a time. */
  async take(kit: string, program: RealmProgram, limits: RunLimits): Promise<PreparedRealm> {
    this.clean();
    if (!this.kept || !fits(this.kept, kit, limits)) this.kept = await keep(kit, limits);
    // A second hook of a program is faster. Only its owner may notice that somebody has run it.
    const name = [program.owner ?? '', program.executed, ...Object.entries(program.bundled).flat()].join('\0');
    const known = this.kept.images.get(name);
    const image = known ?? compile(this.kept, program);
    // Compiling may have taken so much memory that it has grown.
    if (!this.kept.realm.isReusable) return freshRealm(kit, program, limits);
    const { realm, images } = this.kept;
    if (!this.kept.isErased) realm.erase();
    realm.restore(image);
    this.kept.isErased = false;
    images.delete(name);
    images.set(name, image);
    const [oldest] = images.keys();
    if (images.size > MAX_IMAGES && oldest !== undefined) images.delete(oldest);
    return realm;
  }

  /**
   * Erases the memory of the last hook, or drops its engine if that cannot be used again. `take` does it as well; a caller
   * that has time between two hooks saves the next one the time.
   */
  clean(): void {
    if (!this.kept || this.kept.isErased) return;
    if (this.kept.realm.isReusable) {
      this.kept.realm.erase();
      this.kept.isErased = true;
    } else this.kept = undefined;
  }
}

/** A realm for a single hook. */
export async function freshRealm(kit: string, program: RealmProgram, limits: RunLimits): Promise<PreparedRealm> {
  const realm = await PreparedRealm.create(kit, limits);
  return realm.compile(program) ? realm : PreparedRealm.create(kit, limits);
}

async function keep(kit: string, limits: RunLimits): Promise<Kept> {
  const { memoryMb, stackKb } = limits;
  const realm = await PreparedRealm.create(kit, limits);
  return { kit, memoryMb, stackKb, realm, withKit: realm.image(), images: new Map(), isErased: false };
}

/** Compiles a program in a realm, whose memory is used up by that. */
function compile(kept: Kept, program: RealmProgram): EngineImage {
  const { realm, withKit } = kept;
  if (kept.isErased) realm.restore(withKit);
  kept.isErased = false;
  return realm.compile(program) ? realm.image() : withKit;
}

const fits = (kept: Kept, kit: string, { memoryMb, stackKb }: RunLimits) =>
  kept.kit === kit && kept.memoryMb === memoryMb && kept.stackKb === stackKb;
