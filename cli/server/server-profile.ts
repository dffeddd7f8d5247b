import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usage } from './cli-error.js';

const DEFAULT_SERVER = 'http://127.0.0.1:8100';

/** A server, a profile, and the folder in which this machine stores the sign-in. */
export interface ServerProfile {
  /** Its origin, without a trailing slash. */
  readonly server: string;
  readonly profile: string;
  readonly folder: string;
}

/** The default profile. */
const DEFAULT_PROFILE = 'default';
/** The number of characters of a client's name that every server shows. */
const MAX_SHOWN = 24;

/**
 * The OAuth client name of a profile. The profile comes first, because servers show the beginning, so two profiles have
 * different names. A long profile name is cut and ends with a part of its hash.
 */
export function clientName(profile: string, program: string): string {
  if (profile === DEFAULT_PROFILE) return program;
  if (profile.length <= MAX_SHOWN) return `${profile} (${program})`;
  return `${profile.slice(0, MAX_SHOWN - 9)}-${createHash('sha256').update(profile).digest('hex').slice(0, 8)} (${program})`;
}

/** Reads the server's URL as users type it: an origin, with or without `/mcp`. */
export function serverProfileOf(
  typed: string | undefined,
  profile: string | undefined,
  env = process.env,
): ServerProfile {
  const server = originOf(typed || env.PARLEY_URL || DEFAULT_SERVER);
  const name = profile || env.PARLEY_PROFILE || DEFAULT_PROFILE;
  if (!/^[A-Za-z0-9][\w-]{0,39}$/.test(name)) {
    throw usage('The name of a profile can only have letters, digits, _ and -.', 'Choose another name for --profile.');
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
