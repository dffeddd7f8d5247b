/** What an attack needs to know of the server it was prepared on. Handed to another thread, so plain data. */
export type Context = Readonly<Record<string, string>>;

/** Which call of the neighbour's is measured: reading and posting in a channel of their own, attaching a bot, a hook that answers. */
export type Measured = 'read' | 'attach' | 'hook';

/** Something that members or strangers can do to keep everybody else waiting. One file each. */
export interface Attack {
  /** The point of the issue tracker or the layer it is about, and what is sent. */
  readonly about: string;
  /** So many of it are under way at once. */
  readonly atOnce: number;
  readonly measured: Measured;
  /** What has to be there before it begins; not measured. */
  prepare(url: string): Promise<Context>;
  /** Sends it once. The same is sent to a port that discards everything, so nothing of an answer may be needed. */
  send(url: string, context: Context, i: number): Promise<unknown>;
}
