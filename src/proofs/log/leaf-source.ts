/** The leaves of a channel's log, as the module that keeps the entries has them. Only committed entries count. */
export abstract class LeafSource {
  /**
   * The leaf hashes of the entries after `after`, in the order of `seq`, at most `limit`. Throws LOG_CHANGED if `seq`
   * has a gap.
   */
  abstract after(channelId: string, after: number, limit: number): Promise<Buffer[]>;

  /**
   * The same, computed again from the stored entries. Throws LOG_CHANGED if an entry does not fit its leaf hash or its
   * own commitment.
   */
  abstract recomputed(channelId: string, after: number, limit: number): Promise<Buffer[]>;
}
