import { isIP } from 'node:net';

/**
 * The limits of open mode are this many times higher, because all users are on the operator's own machine. With
 * accounts the limits are about ten times what a busy pair of models needs (one call per second each).
 */
const OPEN_FACTOR = 100;

/** Maximum units per policy and window, for a server with accounts. */
export const RATES = {
  address: { setting: 'LIMIT_ADDRESS', quota: 12_000, per: 'address', about: 'All requests of one address.' },
  anonymous: {
    setting: 'LIMIT_ANONYMOUS',
    quota: 1_200,
    per: 'address',
    about: 'Requests of one address without a token, including sign-ins.',
  },
  client: {
    setting: 'LIMIT_CLIENT',
    quota: 12_000,
    per: 'OAuth client',
    about: 'All requests through one OAuth client. A hosted assistant is one client for all its users.',
  },
  account: { setting: 'LIMIT_ACCOUNT', quota: 600, per: 'account', about: 'All requests of one account.' },
  seat: {
    setting: 'LIMIT_SEAT',
    quota: 300,
    per: 'account and channel',
    about: 'Changes and messages of one account in one channel.',
  },
} as const satisfies Record<string, Policy>;

/** Maximum number of things that run or wait at the same time, per policy. */
export const SLOTS = {
  'server-calls': {
    setting: 'LIMIT_SERVER_CALLS',
    quota: 5_000,
    per: 'server',
    about: 'Requests in progress at the same time, including waiting ones and streams.',
  },
  'address-calls': {
    setting: 'LIMIT_ADDRESS_CALLS',
    quota: 1_000,
    per: 'address',
    about: 'Requests of one address in progress at the same time, including waiting ones and streams.',
  },
  'account-calls': {
    setting: 'LIMIT_ACCOUNT_CALLS',
    quota: 50,
    per: 'account',
    about: 'Calls and streams of one account at the same time.',
  },
  'code-readings': {
    setting: 'LIMIT_CODE_READINGS',
    quota: 10,
    per: 'account',
    about:
      'Bot sources of one account that are being read or wait to be read. A few threads read the sources of all accounts.',
  },
  transcripts: {
    setting: 'LIMIT_TRANSCRIPTS',
    quota: 2,
    per: 'account',
    about: 'Transcripts of one account that are being written.',
  },
} as const satisfies Record<string, Policy>;

/** Maximum number of things that one account may keep. */
export const HOLDINGS = {
  channels: { setting: 'LIMIT_CHANNELS', quota: 200, per: 'account', about: 'Open channels that one account created.' },
  bots: {
    setting: 'LIMIT_BOTS',
    quota: 200,
    per: 'account',
    about: 'Attached bots in open channels that one account created.',
  },
  storage_mb: {
    setting: 'LIMIT_STORAGE_MB',
    quota: 1_000,
    per: 'account',
    about: 'Megabytes stored because of one account, in open and closed channels and as bot sources.',
  },
  channel_storage_mb: {
    setting: 'LIMIT_CHANNEL_STORAGE_MB',
    quota: 100,
    per: 'account and channel',
    about: 'Megabytes stored in one channel because of one account, including answers of bots.',
  },
} as const satisfies Record<string, Policy>;

const CONNECTIONS = {
  server: { setting: 'LIMIT_CONNECTIONS', quota: 10_000, per: 'server', about: 'Connections at the same time.' },
  address: {
    setting: 'LIMIT_ADDRESS_CONNECTIONS',
    quota: 1_000,
    per: 'address',
    about: 'Connections of one address at the same time; not counted if TRUST_PROXY is set.',
  },
} as const satisfies Record<string, Policy>;

interface Policy {
  readonly setting: string;
  readonly quota: number;
  /** Who shares the limit. */
  readonly per: string;
  readonly about: string;
}

export type RateName = keyof typeof RATES;
export type SlotName = keyof typeof SLOTS;
export type HoldingName = keyof typeof HOLDINGS;

/** The effective limits. Infinity means no limit. */
export interface LimitConfig {
  readonly windowS: number;
  readonly rates: Readonly<Record<RateName, number>>;
  readonly slots: Readonly<Record<SlotName, number>>;
  readonly holdings: Readonly<Record<HoldingName, number>>;
  readonly connections: Readonly<Record<keyof typeof CONNECTIONS, number>>;
  /** A request must arrive completely within this time, in milliseconds. */
  readonly requestMs: number;
  /** Express' `trust proxy`: the number of proxies in front of the server, or their addresses. */
  readonly trustProxy: number | readonly string[];
}

const POLICIES: readonly Policy[] = [RATES, SLOTS, HOLDINGS, CONNECTIONS].flatMap((table) => Object.values(table));

/** The settings for limits, part of the table of all settings. */
export const LIMIT_SETTINGS = {
  TRUST_PROXY: {
    default: '',
    about:
      'Trusted proxies in front of the server: their number, or their addresses and networks, separated by commas. Empty: none.',
    read: readProxies,
  },
  LIMIT_WINDOW_S: {
    default: '60',
    about: 'Length of the window for rate limits, in seconds.',
    read: between(1, 86_400),
  },
  LIMIT_REQUEST_S: {
    default: '60',
    about: 'Seconds within which a whole request must arrive; its headers within a third of that.',
    read: between(1, 3_600),
  },
  ...(Object.fromEntries(POLICIES.map(settingOf)) as Record<PolicySetting, ReturnType<typeof settingOf>[1]>),
};

type SettingsOf<T extends Record<string, Policy>> = T[keyof T]['setting'];
type PolicySetting =
  | SettingsOf<typeof RATES>
  | SettingsOf<typeof SLOTS>
  | SettingsOf<typeof HOLDINGS>
  | SettingsOf<typeof CONNECTIONS>;

function settingOf({ setting, quota, about }: Policy) {
  const defaults = `Empty: ${quota}, and ${quota * OPEN_FACTOR} in open mode. 0: no limit.`;
  return [setting, { default: '', about: `${about} ${defaults}`, read: readQuota }] as const;
}

type Values = { [K in keyof typeof LIMIT_SETTINGS]: ReturnType<(typeof LIMIT_SETTINGS)[K]['read']> };

/** The effective limits for these settings and this mode. */
export function limitsOf(values: Values, isOpen: boolean): LimitConfig {
  const quotas = <T extends Record<string, Policy>>(table: T) =>
    Object.fromEntries(
      Object.entries(table).map(([name, { setting, quota }]) => {
        const given = values[setting as PolicySetting] ?? quota * (isOpen ? OPEN_FACTOR : 1);
        return [name, given === 0 ? Number.POSITIVE_INFINITY : given];
      }),
    ) as Record<keyof T, number>;
  return {
    windowS: values.LIMIT_WINDOW_S,
    rates: quotas(RATES),
    slots: quotas(SLOTS),
    holdings: quotas(HOLDINGS),
    connections: quotas(CONNECTIONS),
    requestMs: values.LIMIT_REQUEST_S * 1_000,
    trustProxy: values.TRUST_PROXY,
  };
}

/** The quota, or undefined if the mode decides. */
function readQuota(text: string): number | undefined {
  return text === '' ? undefined : between(0, 1_000_000_000)(text);
}

function between(min: number, max: number) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new Error(`must be a whole number from ${min} to ${max}`);
  };
}

function readProxies(text: string): number | string[] {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const addresses = text.split(',').flatMap((address) => address.trim() || []);
  if (addresses.every(isNetwork)) return addresses;
  throw new Error('must be a number of proxies, or addresses such as 10.0.0.0/8');
}

function isNetwork(text: string): boolean {
  const [address = '', bits = '0', ...more] = text.split('/');
  const maxBits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^\d+$/.test(bits) && Number(bits) <= maxBits && !more.length;
}
