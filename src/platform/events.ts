import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

// biome-ignore lint/suspicious/noExplicitAny: an event class of any shape
type EventClass<E extends object = object> = new (...args: any[]) => E;
type Listener<E extends object> = (event: E, tx: EntityManager) => Promise<void>;

/**
 * Lets an earlier module notify later ones. An event is announced inside the write in which it happened; listeners add
 * to the same write, so all of it commits or nothing does. If a listener throws, the whole write is rolled back.
 */
@Injectable()
export class Events {
  private readonly listeners = new Map<EventClass, Listener<never>[]>();

  on<E extends object>(event: EventClass<E>, listener: Listener<E>) {
    const known = this.listeners.get(event) ?? [];
    this.listeners.set(event, [...known, listener as Listener<never>]);
  }

  /** Calls the listeners one after another, in the order of their registration. */
  async announce(event: object, tx: EntityManager) {
    for (const listener of this.listeners.get(event.constructor as EventClass) ?? []) {
      await listener(event as never, tx);
    }
  }
}
