import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import type { SlotName } from './limit-settings.js';

/** What is there at once. A slot is given back when what took it is over, so there is nothing to forget. */
@Injectable()
export class Slots {
  private readonly taken = new Map<string, number>();

  constructor(private readonly config: Config) {}

  /** Answers with how to give it back; undefined where none is free. */
  take(policy: SlotName, key: string): (() => void) | undefined {
    const name = `${policy} ${key}`;
    const used = this.taken.get(name) ?? 0;
    if (used >= this.mostOf(policy)) return undefined;
    this.taken.set(name, used + 1);
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
    const left = (this.taken.get(name) ?? 1) - 1;
    if (left) this.taken.set(name, left);
    else this.taken.delete(name);
  }
}
