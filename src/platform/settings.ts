import { hostName } from './egress/host-rules.js';
import { readNameServers, readVouchedHosts } from './egress-settings.js';
import { LIMIT_SETTINGS } from './limits/limit-settings.js';

/** Every setting: its default, what it means, and how its text is read. `.env.example` is printed from this. */
export interface Setting {
  readonly default: string;
  readonly about: string;
  /** Throws a sentence when the text does not fit. */
  readonly read: (text: string) => unknown;
}

const text = (value: string) => value;
const wholeNumber = (min: number, max: number) => (value: string) => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new Error(`must be a whole number from ${min} to ${max}`);
  }
  return number;
};
const oneOf =
  <T extends string>(...words: T[]) =>
  (value: string) => {
    if (!words.includes(value as T)) throw new Error(`must be one of ${words.join(', ')}`);
    return value as T;
  };
const originOrEmpty = (value: string) => {
  if (value === '') return '';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new Error('must be an origin such as https://parley.example, without a path');
  }
  return url.origin;
};

const share = (value: string) => {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number < 0.1 || number > 64) throw new Error('must be a number from 0.1 to 64');
  return number;
};
const engines = (value: string) => {
  const addresses = value.split(',').flatMap((address) => address.trim() || []);
  const isEngine = (address: string) => URL.canParse(address) && /^(unix|tcp|http|https|ssh):\/\//.test(address);
  if (!addresses.every(isEngine))
    throw new Error('must be addresses such as unix:///var/run/docker.sock or tcp://host:2376');
  return addresses;
};

const hosts = (value: string) => {
  const names = value.split(',').flatMap((name) => name.trim() || []);
  const isHost = (name: string) => hostName(name.replace(/^\*\./, '')) === name.replace(/^\*\./, '');
  if (!names.every(isHost)) throw new Error('must be names of hosts such as claude.ai or *.example.org');
  return names;
};

export const SETTINGS = {
  HOST: { default: '127.0.0.1', about: 'Address to listen on.', read: text },
  PORT: { default: '8100', about: 'Port to listen on; 0 takes a free one.', read: wholeNumber(0, 65535) },
  PUBLIC_URL: {
    default: '',
    about: 'Origin under which clients reach the server. Empty: http://127.0.0.1:PORT.',
    read: originOrEmpty,
  },
  DATA_DIR: { default: './data', about: 'Folder of the database and the server key.', read: text },
  DATABASE_URL: {
    default: '',
    about: 'Empty: SQLite in DATA_DIR. Otherwise the path of a SQLite file.',
    read: text,
  },
  DISK_FLOOR_MB: {
    default: '500',
    about:
      'While the disk of the database has less free megabytes than this, new channels, bots and large messages are refused, and games go on. 0: no floor.',
    read: wholeNumber(0, 1_000_000_000),
  },
  RETAIN_DAYS: {
    default: '0',
    about:
      'Closed channels are retired so many days later: written to a file in DATA_DIR/retired, then deleted. 0: kept for ever. Open channels are never retired.',
    read: wholeNumber(0, 36_500),
  },
  AUTH_MODE: {
    default: '',
    about:
      'open: every grant is a guest account of its own; only where PUBLIC_URL is a loopback address. accounts: people sign in. Empty: open on a loopback address, accounts elsewhere.',
    read: (value: string) => (value === '' ? '' : oneOf('open', 'accounts')(value)),
  },
  SIGN_UP: {
    default: 'invite',
    about:
      'Who may make an account. open: everyone. invite: who has a one-time code of an admin. closed: only those whom the operator names with npm run admin -- create NAME.',
    read: oneOf('open', 'invite', 'closed'),
  },
  ACCESS_TOKEN_MINUTES: {
    default: '1440',
    about: 'How long an access token lives. Hosted clients refresh late, so a day.',
    read: wholeNumber(1, 43_200),
  },
  REFRESH_TOKEN_DAYS: {
    default: '90',
    about: 'How long a refresh token lives after its last use.',
    read: wholeNumber(1, 365),
  },
  SANDBOX: {
    default: 'auto',
    about:
      "Where strangers' code runs. auto: in containers when an engine answers, else QuickJS inside the server. docker or embedded: only there.",
    read: oneOf('auto', 'embedded', 'docker'),
  },
  SANDBOX_ENGINES: {
    default: '',
    about: 'Container engines, separated by commas, as in DOCKER_HOST. Empty: DOCKER_HOST, or the usual socket.',
    read: engines,
  },
  SANDBOX_IMAGE: { default: '', about: 'Image of the sandboxes. Empty: the one that npm start built.', read: text },
  SANDBOX_MAX: {
    default: '0',
    about: 'How many containers at most. 0: as many as fit into half of the memory, at most 300.',
    read: wholeNumber(0, 10_000),
  },
  SANDBOX_POOL: {
    default: '2',
    about: 'Containers of each language that wait, started, for a bot.',
    read: wholeNumber(0, 100),
  },
  SANDBOX_REUSE: {
    default: 'attachment',
    about: 'attachment: a bot keeps its container while it is busy. never: every hook gets its own.',
    read: oneOf('attachment', 'never'),
  },
  SANDBOX_IDLE_S: {
    default: '60',
    about: 'After so many seconds without a hook a bot loses its container.',
    read: wholeNumber(1, 3_600),
  },
  SANDBOX_CPUS: { default: '1', about: 'Cores that one container may use, such as 0.5.', read: share },
  SANDBOX_PIDS: {
    default: '64',
    about: 'Processes and threads in one container. gVisor counts its own and needs 400.',
    read: wholeNumber(16, 4_096),
  },
  SANDBOX_RUNTIME: {
    default: '',
    about: 'Container runtime, such as runsc for gVisor. Empty: the one the engine uses.',
    read: text,
  },
  MODERATION: {
    default: 'open',
    about:
      'open: code runs unless an admin has decided against it. review: code that no admin has allowed yet waits for one.',
    read: oneOf('open', 'review'),
  },
  EMBEDDED_WORKERS: {
    default: '2',
    about: 'Threads that run bots inside the server.',
    read: wholeNumber(1, 64),
  },
  PRESETS_DIR: {
    default: '',
    about: 'Folder of bot presets. Empty: the ones that come with the server.',
    read: text,
  },
  EGRESS_DNS: {
    default: '',
    about: 'Name servers for the hosts that bots ask for, as ip:port, separated by commas. Empty: those of the system.',
    read: readNameServers,
  },
  EGRESS_HOSTS: {
    default: '',
    about: 'Hosts you vouch for although their address is not public, as name=ip:port, separated by commas.',
    read: readVouchedHosts,
  },
  EGRESS_CA: {
    default: '',
    about: 'PEM file of certificate authorities that are trusted beside those of Node.',
    read: text,
  },
  CIMD_ALLOWED_HOSTS: {
    default: '',
    about:
      'Hosts whose metadata documents of OAuth clients count, as name or *.suffix, separated by commas. Empty: any public host.',
    read: hosts,
  },
  REGISTRATIONS_PER_HOUR: {
    default: '',
    about:
      'How many new OAuth clients one address may register in an hour. Empty: 1000, and any number in open mode. 0: any number.',
    read: (value: string) => (value === '' ? undefined : wholeNumber(0, 1_000_000)(value)),
  },
  ...LIMIT_SETTINGS,
  CLAUDE_CHANNELS: {
    default: 'off',
    about: 'on: news of their channels is pushed to sessions of Claude Code that take it (a preview of theirs).',
    read: oneOf('on', 'off'),
  },
  METRICS_TOKEN: {
    default: '',
    about: 'Bearer token that /metrics asks for. Empty: /metrics is there for this very machine only.',
    read: text,
  },
  LOG_LEVEL: {
    default: 'info',
    about: 'Structured logs go to standard error.',
    read: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = Object.entries(SETTINGS).map(([name, setting]) => `# ${setting.about}\n${name}=${setting.default}\n`);
  return `# Copy to .env and change what you need. Variables of the environment go before this file.\n\n${lines.join('\n')}`;
}
