import { Access } from './credentials/access.js';
import { type Place, placeOf } from './place.js';
import { Server } from './server.js';
import { Output } from './terminal/output.js';

/** What every command can be told. */
export interface CommonOptions {
  readonly server?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

/** One run of the command: where it goes, as whom, how it speaks, and when it is to end. */
export class Session {
  private readonly ending = new AbortController();
  readonly place: Place;
  readonly access: Access;
  readonly server: Server;
  readonly out: Output;

  constructor(private readonly options: CommonOptions) {
    this.place = placeOf(options.server, options.profile);
    this.access = new Access(this.place);
    this.server = new Server(this.place.server, this.access, this.signal);
    this.out = new Output(options.json ?? false);
  }

  /** The same run at another server, where one is named. */
  at(server: string | undefined): Session {
    if (server === undefined) return this;
    const there = new Session({ ...this.options, server });
    this.signal.addEventListener('abort', there.end);
    return there;
  }

  /** Fires when the user wants to go. */
  get signal() {
    return this.ending.signal;
  }

  end = () => this.ending.abort();
}
