import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { SlotName } from '../config/limit-settings.js';

/** Limits what runs at the same time. A slot is released when the work that took it ends. */
@Injectable()
export class Slots {
  private readonly taken = new Map<string, number>();

  constructor(private readonly config: Config) {}

  /** Takes a slot and returns the function that releases it; undefined if none is free. */
  take(policy: SlotName, key: string): (() => void) | undefined {
    const name = `${policy} ${key}`;
    const inUse = this.taken.get(name) ?? 0;
    if (inUse >= this.mostOf(policy)) return undefined;
    this.taken.set(name, inUse + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.giveBack(name);
      isTaken = false;
    };
  }

  used(policy: SlotName, key: string): number {
    return this.taken.get(`${policy} ${key}`) ?? 0;
  }

  mostOf(policy: SlotName): number {
    return this.config.limits.slots[policy];
  }

  private giveBack(name: string) {
    const remaining = (this.taken.get(name) ?? 1) - 1;
    if (remaining) this.taken.set(name, remaining);
    else this.taken.delete(name);
  }
}
