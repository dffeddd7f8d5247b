import { Injectable } from '@nestjs/common';

/** The only source of the current time. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}

/** The format of a time on the wire and in the log: ISO 8601 in UTC with milliseconds. */
export const isoTime = (ms: number) => new Date(ms).toISOString();
