import type { Caller } from '../../kernel/caller.js';

declare global {
  namespace Express {
    interface Request {
      /** The id of this request in the log and in problems. */
      id: string;
      /** Set by the authentication if the token is valid. */
      caller?: Caller;
      /** Further fields for the log: protocol era, operation. */
      logFields?: Record<string, string | undefined>;
    }
  }
}
