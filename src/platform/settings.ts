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
  AUTH_MODE: {
    default: 'open',
    about: 'open: every grant is a guest account of its own; only where PUBLIC_URL is a loopback address.',
    read: oneOf('open', 'accounts'),
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
    about: 'Where bots run. auto and embedded: QuickJS inside the server. docker: not in this version.',
    read: oneOf('auto', 'embedded', 'docker'),
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
