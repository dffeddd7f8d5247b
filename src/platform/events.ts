import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

// biome-ignore lint/suspicious/noExplicitAny: an event class of any shape
type EventClass<E extends object = object> = new (...args: any[]) => E;
type Listener<E extends object> = (event: E, tx: EntityManager) => Promise<void>;

/**
 * The way back along the line of modules. What happened is announced inside the write in which it happened; listeners
 * add their part to the same write, so either all of it is committed or none. A listener that throws undoes the whole.
 */
@Injectable()
export class Events {
  private readonly listeners = new Map<EventClass, Listener<never>[]>();

  on<E extends object>(event: EventClass<E>, listener: Listener<E>) {
    const known = this.listeners.get(event) ?? [];
    this.listeners.set(event, [...known, listener as Listener<never>]);
  }

  /** Listeners run one after another, in the order in which they came. */
  async announce(event: object, tx: EntityManager) {
    for (const listener of this.listeners.get(event.constructor as EventClass) ?? []) {
      await listener(event as never, tx);
    }
  }
}
