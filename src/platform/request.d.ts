import type { Caller } from '../kernel/caller.js';

declare global {
  namespace Express {
    interface Request {
      /** Names this request in the log and in a problem. */
      id: string;
      /** Set by auth when a good token came along. */
      caller?: Caller;
      /** What a door wants to see in the log beside the usual: protocol era, operation. */
      logFields?: Record<string, string | undefined>;
    }
  }
}
