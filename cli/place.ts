import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usage } from './failure.js';

const DEFAULT_SERVER = 'http://127.0.0.1:8100';

/** Which server is meant, as whom, and the folder in which this machine remembers that. */
export interface Place {
  /** Its origin, without a trailing slash. */
  readonly server: string;
  readonly profile: string;
  readonly folder: string;
}

/** A server as people type it: an origin, with or without `/mcp`. */
export function placeOf(typed: string | undefined, profile: string | undefined, env = process.env): Place {
  const server = originOf(typed || env.PARLEY_URL || DEFAULT_SERVER);
  const name = profile || env.PARLEY_PROFILE || 'default';
  if (!/^[A-Za-z0-9][\w-]{0,39}$/.test(name)) {
    throw usage('A profile is named with letters, digits, _ and -.', 'Choose another name for --profile.');
  }
  return { server, profile: name, folder: join(homeOf(env), name, server.replace(/[^a-z0-9.-]+/g, '_')) };
}

function originOf(typed: string): string {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw usage('The server must be an address such as https://parley.example or http://127.0.0.1:8100.');
  }
  return url.origin;
}

function homeOf({ PARLEY_HOME, XDG_CONFIG_HOME }: NodeJS.ProcessEnv): string {
  return resolve(PARLEY_HOME || join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'parley'));
}
