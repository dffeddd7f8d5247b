import { SavedTokens } from '../credentials/saved-tokens.js';
import { type ServerProfile, serverProfileOf } from '../server/server-profile.js';
import { Output } from '../terminal/output.js';
import { Server } from './server.js';

/** The options of every command. */
export interface CommonOptions {
  readonly server?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

/** One run of the command: the server, the profile, the output, and the signal to end. */
export class CliSession {
  private readonly ending = new AbortController();
  readonly place: ServerProfile;
  readonly access: SavedTokens;
  readonly server: Server;
  readonly out: Output;

  constructor(private readonly options: CommonOptions) {
    this.place = serverProfileOf(options.server, options.profile);
    this.access = new SavedTokens(this.place);
    this.server = new Server(this.place.server, this.access, this.signal);
    this.out = new Output(options.json ?? false);
  }

  /** The same session for another server, if one is given. */
  at(server: string | undefined): CliSession {
    if (server === undefined) return this;
    const other = new CliSession({ ...this.options, server });
    this.signal.addEventListener('abort', other.end);
    return other;
  }

  /** Aborts when the user presses Ctrl-C. */
  get signal() {
    return this.ending.signal;
  }

  end = () => this.ending.abort();
}
