/** What an attack needs to know of the server it was prepared on. Handed to another thread, so plain data. */
export type Context = Readonly<Record<string, string>>;

/** Which call of the neighbour's is measured: reading and posting in a channel of their own, attaching a bot, a hook that answers. */
export type Measured = 'read' | 'attach' | 'hook';

/** What a server needs around it to be attacked so, and how to start it with that. */
export interface Surroundings extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Something that members or strangers can do to keep everybody else waiting. One file each. */
export interface Attack {
  /** The point of the issue tracker or the layer it is about, and what is sent. */
  readonly about: string;
  /** So many of it are under way at once. */
  readonly atOnce: number;
  readonly measured: Measured;
  /** Left out where a server as it is will do. */
  surroundings?(): Promise<Surroundings>;
  /** What has to be there before it begins; not measured. */
  prepare(url: string): Promise<Context>;
  /** Sends it once. The same is sent to a port that discards everything, so nothing of an answer may be needed. */
  send(url: string, context: Context, i: number): Promise<unknown>;
}
