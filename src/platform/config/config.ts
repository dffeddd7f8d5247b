import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type EgressSettings, readCertificates } from '../egress/egress-settings.js';
import { type LimitConfig, limitsOf } from './limit-settings.js';
import { readSeedSettings, SEED_SETTINGS, seedNameOf } from './seed-settings.js';
import { SETTINGS, type SettingName } from './settings.js';

type Values = { [K in SettingName]: ReturnType<(typeof SETTINGS)[K]['read']> };

/** The settings are invalid. The message is a sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** How code of other people (bots without a preset) is run. */
export interface SandboxConfig {
  readonly kind: 'auto' | 'docker' | 'embedded';
  /** Addresses of the container engines; empty: as the environment says. */
  readonly engines: readonly string[];
  readonly image: string;
  /** The maximum number of containers; 0: as many as fit into memory. */
  readonly maxContainers: number;
  readonly pool: number;
  readonly reuse: boolean;
  readonly idleMs: number;
  readonly cpus: number;
  readonly pids: number;
  readonly runtime: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether the host of a URL is this machine. */
export const isLoopback = (url: URL) => LOOPBACK.has(url.hostname);

export const isLoopbackHttp = (url: URL) => url.protocol === 'http:' && isLoopback(url);

/** Whether a listening address is reachable only from this machine. */
export const isLoopbackHost = (host: string) => /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);

/** The configuration, read once at the start. */
export class Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** The address of a Postgres database; empty: SQLite. */
  readonly postgresUrl: string;
  /** Path of the SQLite file. */
  readonly databaseFile: string;
  readonly authMode: 'open' | 'accounts';
  readonly signUp: Values['SIGN_UP'];
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly sandbox: SandboxConfig;
  readonly moderation: Values['MODERATION'];
  readonly embeddedWorkers: number;
  /** The folder of the presets; empty: the presets that come with the server. */
  readonly presetsDir: string;
  readonly egress: EgressSettings;
  /** The hosts from which client documents are accepted; empty: any host. */
  readonly documentHosts: readonly string[];
  /** Maximum number of client registrations per hour; 0: no limit. */
  readonly registrationsPerHour: number;
  /** Free space, in megabytes, to keep on the disk of the database; 0: none. */
  readonly diskFloorMb: number;
  /** How long a closed channel is kept, in milliseconds; Infinity: for ever. */
  readonly retainMs: number;
  /** How long after a change a checkpoint is signed at the latest, in milliseconds. */
  readonly checkpointMs: number;
  /** The text of a policy with witnesses, or the name of a file with it; empty: none. */
  readonly witnesses: string;
  readonly limits: LimitConfig;
  readonly claudeChannels: Values['CLAUDE_CHANNELS'];
  readonly metricsToken: string;
  readonly logLevel: Values['LOG_LEVEL'];
  private readonly configuredUrl: string;
  private boundPort?: number;

  constructor(
    values: Values,
    /** Sentences for the operator about settings that have another effect than their text suggests. */
    readonly notices: readonly string[] = [],
  ) {
    this.host = values.HOST;
    this.port = values.PORT;
    this.dataDir = resolve(values.DATA_DIR);
    this.postgresUrl = /^postgres(ql)?:/.test(values.DATABASE_URL) ? values.DATABASE_URL : '';
    this.databaseFile = databaseFile(this.postgresUrl ? '' : values.DATABASE_URL, this.dataDir);
    this.configuredUrl = values.PUBLIC_URL;
    this.authMode = authMode(values.AUTH_MODE, values.PUBLIC_URL);
    this.signUp = values.SIGN_UP;
    this.accessTokenMs = values.ACCESS_TOKEN_MINUTES * 60_000;
    this.refreshTokenMs = values.REFRESH_TOKEN_DAYS * 86_400_000;
    this.sandbox = {
      kind: values.SANDBOX,
      engines: values.SANDBOX_ENGINES,
      image: values.SANDBOX_IMAGE,
      maxContainers: values.SANDBOX_MAX,
      pool: values.SANDBOX_POOL,
      reuse: values.SANDBOX_REUSE === 'attachment',
      idleMs: values.SANDBOX_IDLE_S * 1_000,
      cpus: values.SANDBOX_CPUS,
      pids: values.SANDBOX_PIDS,
      runtime: values.SANDBOX_RUNTIME,
    };
    this.moderation = values.MODERATION;
    this.embeddedWorkers = values.EMBEDDED_WORKERS;
    this.presetsDir = values.PRESETS_DIR && folder('PRESETS_DIR', values.PRESETS_DIR);
    this.egress = {
      nameServers: values.EGRESS_DNS,
      vouched: values.EGRESS_HOSTS,
      extraTrust: values.EGRESS_CA ? certificates('EGRESS_CA', values.EGRESS_CA) : [],
    };
    this.documentHosts = values.CIMD_ALLOWED_HOSTS;
    this.registrationsPerHour = values.REGISTRATIONS_PER_HOUR ?? (this.authMode === 'open' ? 0 : 1_000);
    this.diskFloorMb = values.DISK_FLOOR_MB;
    this.retainMs = values.RETAIN_DAYS ? values.RETAIN_DAYS * 86_400_000 : Number.POSITIVE_INFINITY;
    this.witnesses = values.WITNESSES;
    this.checkpointMs = values.CHECKPOINT_MS;
    this.limits = limitsOf(values, this.authMode === 'open');
    this.claudeChannels = values.CLAUDE_CHANNELS;
    this.metricsToken = values.METRICS_TOKEN;
    this.logLevel = values.LOG_LEVEL;
  }

  /** Where the data is, as the operator may read it: without a password. */
  get dataPlace(): string {
    if (!this.postgresUrl) return this.databaseFile;
    const place = this.postgresUrl.replace(/\/\/[^/]*@/, '//').replace(/\?.*/, '');
    return `${place} (keys in ${this.dataDir})`;
  }

  /** The origin at which clients reach the server: OAuth issuer, audience and links use it. No trailing slash. */
  get publicUrl(): string {
    return this.configuredUrl || `http://127.0.0.1:${this.boundPort ?? this.port}`;
  }

  /** Called once by main: with port 0 the port is known only after listening. */
  listensOn(port: number) {
    this.boundPort = port;
  }
}

function folder(name: SettingName, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return resolve(path);
  throw new ConfigError(`${name}=${path} is not a folder.`);
}

function certificates(name: SettingName, path: string): string[] {
  try {
    return readCertificates(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(`${name}=${path} is not a file of PEM certificates.`);
  }
}

function databaseFile(url: string, dataDir: string): string {
  if (/^[a-z]+:\/\//.test(url)) {
    throw new ConfigError('DATABASE_URL must be empty, the path of a SQLite file, or a postgres:// address.');
  }
  return url ? resolve(url) : join(dataDir, 'parley.sqlite');
}

/** The authentication mode. A public server must use https and accounts; open mode is for this machine. */
function authMode(mode: Values['AUTH_MODE'], publicUrl: string): Config['authMode'] {
  const url = publicUrl ? new URL(publicUrl) : undefined;
  if (!url || isLoopback(url)) return mode || 'open';
  if (mode === 'open') {
    throw new ConfigError(
      `AUTH_MODE=open lets everyone in, but PUBLIC_URL=${publicUrl} is not a loopback address: open mode is only for your own machine.`,
    );
  }
  if (url.protocol !== 'https:') {
    throw new ConfigError(
      `PUBLIC_URL=${publicUrl} is not a loopback address, so it must be https: otherwise passwords would be sent unencrypted.`,
    );
  }
  return 'accounts';
}

/**
 * Reads `.env` and the environment, which takes precedence. Throws ConfigError for unknown names in `.env` and for
 * invalid values.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, file = '.env'): Config {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const unknown = Object.keys(fromFile).filter((name) => !Object.hasOwn(SETTINGS, name) && !SEED_SETTINGS.has(name));
  if (unknown.length) throw new ConfigError(`${file} has unknown settings: ${unknown.join(', ')}.`);
  const texts = { ...fromFile, ...env };
  const { as, notices } = readSeedSettings(texts);
  const values = Object.entries(SETTINGS).map(([name, setting]) => {
    const raw = as[name] ?? texts[name] ?? setting.default;
    try {
      return [name, setting.read(raw.trim())];
    } catch (error) {
      const [said, text] = name in as ? [seedNameOf(name), texts[seedNameOf(name) as string]] : [name, raw];
      throw new ConfigError(`${said}=${text} ${(error as Error).message}.`);
    }
  });
  return new Config(Object.fromEntries(values) as Values, notices);
}
