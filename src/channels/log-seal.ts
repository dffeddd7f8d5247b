/**
 * Has the log of a channel signed before a change that cannot be undone is acknowledged. Implemented by `proofs`, a
 * later module that signs logs.
 */
export abstract class LogSeal {
  /** Resolves when a checkpoint covers all entries of the channel, or if the server cannot sign now. Never fails. */
  abstract seal(channelId: string): Promise<void>;
}
