import { isIP } from 'node:net';

/**
 * How much is a lot. A busy pair of models makes about one call a second each; ten times that is allowed. In open mode
 * everybody is on the operator's own machine, where a hundred times as much is still no attack.
 */
const OPEN_FACTOR = 100;

/** The most units that each policy lets through in one window, for a server with accounts. */
export const RATES = {
  address: { setting: 'LIMIT_ADDRESS', quota: 12_000, per: 'address', about: 'Everything one address asks.' },
  anonymous: {
    setting: 'LIMIT_ANONYMOUS',
    quota: 1_200,
    per: 'address',
    about: 'What one address asks without a token, signing in included.',
  },
  client: {
    setting: 'LIMIT_CLIENT',
    quota: 12_000,
    per: 'OAuth client',
    about: 'Everything asked through one OAuth client. A hosted assistant is one client for all who use it.',
  },
  account: { setting: 'LIMIT_ACCOUNT', quota: 600, per: 'account', about: 'Everything one account asks.' },
  seat: {
    setting: 'LIMIT_SEAT',
    quota: 300,
    per: 'account and channel',
    about: 'What one account changes or says in one channel.',
  },
} as const satisfies Record<string, Policy>;

/** The most that may be there at once: what runs or waits is counted, and nothing has to pass but what is there. */
export const SLOTS = {
  'server-calls': {
    setting: 'LIMIT_SERVER_CALLS',
    quota: 5_000,
    per: 'server',
    about: 'Requests that are answered at once, waiting ones and streams among them.',
  },
  'address-calls': {
    setting: 'LIMIT_ADDRESS_CALLS',
    quota: 1_000,
    per: 'address',
    about: 'Requests of one address that are answered at once, waiting ones and streams among them.',
  },
  'account-calls': {
    setting: 'LIMIT_ACCOUNT_CALLS',
    quota: 50,
    per: 'account',
    about: 'Calls and streams of one account at once.',
  },
  'code-readings': {
    setting: 'LIMIT_CODE_READINGS',
    quota: 10,
    per: 'account',
    about: 'Sources of one account that are read or wait to be read, because a few threads read all of them.',
  },
} as const satisfies Record<string, Policy>;

/** The most that one account may keep. */
export const HOLDINGS = {
  channels: { setting: 'LIMIT_CHANNELS', quota: 200, per: 'account', about: 'Open channels that one account made.' },
  bots: {
    setting: 'LIMIT_BOTS',
    quota: 200,
    per: 'account',
    about: 'Bots at work in the channels that one account made.',
  },
  storage_mb: {
    setting: 'LIMIT_STORAGE_MB',
    quota: 1_000,
    per: 'account',
    about: 'Megabytes that one account has caused to be stored, in open and closed channels and as sources of bots.',
  },
  channel_storage_mb: {
    setting: 'LIMIT_CHANNEL_STORAGE_MB',
    quota: 100,
    per: 'account and channel',
    about: 'Megabytes that one account has caused to be stored in one channel, with what bots did in answer.',
  },
} as const satisfies Record<string, Policy>;

const CONNECTIONS = {
  server: { setting: 'LIMIT_CONNECTIONS', quota: 10_000, per: 'server', about: 'Connections at once.' },
  address: {
    setting: 'LIMIT_ADDRESS_CONNECTIONS',
    quota: 1_000,
    per: 'address',
    about: 'Connections of one address at once; not counted where TRUST_PROXY is set.',
  },
} as const satisfies Record<string, Policy>;

interface Policy {
  readonly setting: string;
  readonly quota: number;
  /** Who shares it. */
  readonly per: string;
  readonly about: string;
}

export type RateName = keyof typeof RATES;
export type SlotName = keyof typeof SLOTS;
export type HoldingName = keyof typeof HOLDINGS;

/** What the operator allows. Infinity is no limit. */
export interface LimitConfig {
  readonly windowS: number;
  readonly rates: Readonly<Record<RateName, number>>;
  readonly slots: Readonly<Record<SlotName, number>>;
  readonly holdings: Readonly<Record<HoldingName, number>>;
  readonly connections: Readonly<Record<keyof typeof CONNECTIONS, number>>;
  /** A request that has not arrived whole by then is cut off. */
  readonly requestMs: number;
  /** As express has it: how many proxies stand in front, or where they are. */
  readonly trustProxy: number | readonly string[];
}

const POLICIES: readonly Policy[] = [RATES, SLOTS, HOLDINGS, CONNECTIONS].flatMap((table) => Object.values(table));

/** The settings of this folder, for the table of all settings. */
export const LIMIT_SETTINGS = {
  TRUST_PROXY: {
    default: '',
    about:
      'Proxies in front of the server that say who the client is: how many, or their addresses and networks, separated by commas. Empty: none.',
    read: readProxies,
  },
  LIMIT_WINDOW_S: {
    default: '60',
    about: 'Seconds after which the limits on rates begin anew.',
    read: between(1, 86_400),
  },
  LIMIT_REQUEST_S: {
    default: '60',
    about: 'Seconds within which a request must have arrived; its headers in a third of that.',
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

/** What holds with these settings in this mode. */
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

/** Undefined where the mode decides. */
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
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^\d+$/.test(bits) && Number(bits) <= most && !more.length;
}
