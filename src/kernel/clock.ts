import { Injectable } from '@nestjs/common';

/** The one place that knows the time. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}

/** The form of a time on the wire and in the log: ISO 8601 in UTC with milliseconds. */
export const isoTime = (ms: number) => new Date(ms).toISOString();
