import { readNameServers, readVouchedHosts } from '../egress/egress-settings.js';
import { hostName } from '../egress/host-rules.js';
import { LIMIT_SETTINGS } from './limit-settings.js';

/** A setting: its default, its meaning, and how its text is read. `.env.example` is generated from the settings. */
export interface Setting {
  readonly default: string;
  readonly about: string;
  /** Throws a string (one sentence) if the text is invalid. */
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
  PORT: { default: '8100', about: 'Port to listen on. 0: any free port.', read: wholeNumber(0, 65535) },
  PUBLIC_URL: {
    default: '',
    about: 'Origin at which clients reach the server. Empty: http://127.0.0.1:PORT.',
    read: originOrEmpty,
  },
  DATA_DIR: { default: './data', about: 'Folder for the database and the keys of the server.', read: text },
  DATABASE_URL: {
    default: '',
    about: 'Empty: SQLite in DATA_DIR. Otherwise the path of a SQLite file, or the address of a Postgres database.',
    read: text,
  },
  DISK_FLOOR_MB: {
    default: '500',
    about:
      'If the disk of the database has fewer free megabytes than this, new channels, bots and large messages are refused; games continue. 0: no check.',
    read: wholeNumber(0, 1_000_000_000),
  },
  RETAIN_DAYS: {
    default: '0',
    about:
      'Number of days after which a closed channel is retired: written to a file in DATA_DIR/retired, then deleted. 0: never. Open channels are never retired.',
    read: wholeNumber(0, 36_500),
  },
  CHECKPOINT_MS: {
    default: '1000',
    about:
      'A checkpoint of a channel that has changed is signed after at most this many milliseconds. A reveal, the end of a round and a close are signed at once.',
    read: wholeNumber(250, 60_000),
  },
  WITNESSES: {
    default: '',
    about:
      'Witnesses of the log of the server: a file with a policy as in c2sp.org/tlog-policy, with the address of each witness. Empty: none.',
    read: text,
  },
  AUTH_MODE: {
    default: '',
    about:
      'open: each sign-in is a new guest account; allowed only if PUBLIC_URL is a loopback address. accounts: people sign in. Empty: open on a loopback address, accounts elsewhere.',
    read: (value: string) => (value === '' ? '' : oneOf('open', 'accounts')(value)),
  },
  SIGN_UP: {
    default: 'invite',
    about:
      'Who may create an account. open: everyone. invite: people with a one-time code from an admin. closed: nobody, except through npm run admin -- create NAME.',
    read: oneOf('open', 'invite', 'closed'),
  },
  ACCESS_TOKEN_MINUTES: {
    default: '1440',
    about: 'Lifetime of an access token, in minutes. The default is a day, because hosted clients refresh late.',
    read: wholeNumber(1, 43_200),
  },
  REFRESH_TOKEN_DAYS: {
    default: '90',
    about: 'Lifetime of a refresh token after its last use, in days.',
    read: wholeNumber(1, 365),
  },
  SANDBOX: {
    default: 'auto',
    about:
      'Where code that is not a preset runs. auto: in containers if a container engine answers, otherwise in QuickJS inside the server. docker: containers only. embedded: QuickJS only.',
    read: oneOf('auto', 'embedded', 'docker'),
  },
  SANDBOX_ENGINES: {
    default: '',
    about:
      'Addresses of container engines, separated by commas, in the form of DOCKER_HOST. Empty: DOCKER_HOST, or the default socket.',
    read: engines,
  },
  SANDBOX_IMAGE: { default: '', about: 'Image of the sandboxes. Empty: the image that npm start built.', read: text },
  SANDBOX_MAX: {
    default: '0',
    about: 'Maximum number of containers. 0: as many as fit into half of the memory, at most 300.',
    read: wholeNumber(0, 10_000),
  },
  SANDBOX_POOL: {
    default: '2',
    about: 'Number of started containers per language that are kept ready for a bot.',
    read: wholeNumber(0, 100),
  },
  SANDBOX_REUSE: {
    default: 'attachment',
    about: 'attachment: a bot keeps its container while it is busy. never: every hook gets its own.',
    read: oneOf('attachment', 'never'),
  },
  SANDBOX_IDLE_S: {
    default: '60',
    about: 'Number of seconds without a hook after which the container of a bot is removed.',
    read: wholeNumber(1, 3_600),
  },
  SANDBOX_CPUS: { default: '1', about: 'CPU cores that one container may use, such as 0.5.', read: share },
  SANDBOX_PIDS: {
    default: '64',
    about: 'Maximum number of processes and threads in one container. gVisor counts its own and needs 400.',
    read: wholeNumber(16, 4_096),
  },
  SANDBOX_RUNTIME: {
    default: '',
    about: 'Container runtime, such as runsc for gVisor. Empty: the default of the engine.',
    read: text,
  },
  MODERATION: {
    default: 'open',
    about: 'open: code runs unless an admin has blocked it. review: code runs only after an admin has allowed it.',
    read: oneOf('open', 'review'),
  },
  EMBEDDED_WORKERS: {
    default: '2',
    about: 'Number of threads that run bots inside the server.',
    read: wholeNumber(1, 64),
  },
  PRESETS_DIR: {
    default: '',
    about: 'Folder of bot presets. Empty: the presets that come with the server.',
    read: text,
  },
  EGRESS_DNS: {
    default: '',
    about: 'Name servers for the hosts that bots request, as ip:port, separated by commas. Empty: those of the system.',
    read: readNameServers,
  },
  EGRESS_HOSTS: {
    default: '',
    about: 'Hosts that bots may reach although their addresses are not public, as name=ip:port, separated by commas.',
    read: readVouchedHosts,
  },
  EGRESS_CA: {
    default: '',
    about: 'PEM file of certificate authorities that are trusted in addition to those of Node.',
    read: text,
  },
  CIMD_ALLOWED_HOSTS: {
    default: '',
    about:
      'Hosts from which metadata documents of OAuth clients are accepted, as name or *.suffix, separated by commas. Empty: any public host.',
    read: hosts,
  },
  REGISTRATIONS_PER_HOUR: {
    default: '',
    about:
      'Number of new OAuth clients that one address may register in an hour. Empty: 1000, and no limit in open mode. 0: no limit.',
    read: (value: string) => (value === '' ? undefined : wholeNumber(0, 1_000_000)(value)),
  },
  ...LIMIT_SETTINGS,
  CLAUDE_CHANNELS: {
    default: 'off',
    about: 'on: new messages are pushed to sessions of Claude Code that support its channels preview.',
    read: oneOf('on', 'off'),
  },
  METRICS_TOKEN: {
    default: '',
    about: 'Bearer token for /metrics. Empty: /metrics answers only to this machine.',
    read: text,
  },
  LOG_LEVEL: {
    default: 'info',
    about: 'Level of the structured logs, which go to standard error.',
    read: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = Object.entries(SETTINGS).map(([name, setting]) => `# ${setting.about}\n${name}=${setting.default}\n`);
  return `# Copy to .env and change what you need. Environment variables override this file.\n\n${lines.join('\n')}`;
}
