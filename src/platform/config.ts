import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type EgressSettings, readCertificates } from './egress-settings.js';
import { type LimitConfig, limitsOf } from './limits/limit-settings.js';
import { SETTINGS, type SettingName } from './settings.js';

type Values = { [K in SettingName]: ReturnType<(typeof SETTINGS)[K]['read']> };

/** A start with settings that cannot be meant. Its message is a sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** How strangers' code is run. */
export interface SandboxConfig {
  readonly kind: 'auto' | 'docker' | 'embedded';
  /** Addresses of container engines; none: what the environment says. */
  readonly engines: readonly string[];
  readonly image: string;
  /** 0: what fits. */
  readonly most: number;
  readonly pool: number;
  readonly reuse: boolean;
  readonly idleMs: number;
  readonly cpus: number;
  readonly pids: number;
  readonly runtime: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a URL names this very machine. */
export const isLoopback = (url: URL) => LOOPBACK.has(url.hostname);

/** Whether a server that listens there is reached from this very machine only. */
export const isLoopbackHost = (host: string) => /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host);

/** Everything that can be configured, read once at the start. */
export class Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Path of the SQLite file. */
  readonly databaseFile: string;
  readonly authMode: 'open' | 'accounts';
  readonly signUp: Values['SIGN_UP'];
  readonly accessTokenMs: number;
  readonly refreshTokenMs: number;
  readonly sandbox: SandboxConfig;
  readonly moderation: Values['MODERATION'];
  readonly embeddedWorkers: number;
  /** Empty: the presets that come with the server. */
  readonly presetsDir: string;
  readonly egress: EgressSettings;
  /** Empty: any. */
  readonly documentHosts: readonly string[];
  /** 0: any number. */
  readonly registrationsPerHour: number;
  /** Megabytes that stay free on the disk of the database; 0: none. */
  readonly diskFloorMb: number;
  /** How long a closed channel is kept; Infinity: for ever. */
  readonly retainMs: number;
  readonly limits: LimitConfig;
  readonly claudeChannels: Values['CLAUDE_CHANNELS'];
  readonly metricsToken: string;
  readonly logLevel: Values['LOG_LEVEL'];
  private readonly configuredUrl: string;
  private boundPort?: number;

  constructor(values: Values) {
    this.host = values.HOST;
    this.port = values.PORT;
    this.dataDir = resolve(values.DATA_DIR);
    this.databaseFile = databaseFile(values.DATABASE_URL, this.dataDir);
    this.configuredUrl = values.PUBLIC_URL;
    this.authMode = authMode(values.AUTH_MODE, values.PUBLIC_URL);
    this.signUp = values.SIGN_UP;
    this.accessTokenMs = values.ACCESS_TOKEN_MINUTES * 60_000;
    this.refreshTokenMs = values.REFRESH_TOKEN_DAYS * 86_400_000;
    this.sandbox = {
      kind: values.SANDBOX,
      engines: values.SANDBOX_ENGINES,
      image: values.SANDBOX_IMAGE,
      most: values.SANDBOX_MAX,
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
    this.limits = limitsOf(values, this.authMode === 'open');
    this.claudeChannels = values.CLAUDE_CHANNELS;
    this.metricsToken = values.METRICS_TOKEN;
    this.logLevel = values.LOG_LEVEL;
  }

  /** The origin under which clients reach the server: issuer, audience, links. Without a trailing slash. */
  get publicUrl(): string {
    return this.configuredUrl || `http://127.0.0.1:${this.boundPort ?? this.port}`;
  }

  /** Told once by main, because port 0 is known only after listening. */
  listensOn(port: number) {
    this.boundPort = port;
  }
}

function folder(name: SettingName, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return resolve(path);
  throw new ConfigError(`${name}=${path} is no folder.`);
}

function certificates(name: SettingName, path: string): string[] {
  try {
    return readCertificates(readFileSync(path, 'utf8'));
  } catch {
    throw new ConfigError(`${name}=${path} is no file of certificates in PEM.`);
  }
}

function databaseFile(url: string, dataDir: string): string {
  if (/^postgres(ql)?:/.test(url)) {
    throw new ConfigError('DATABASE_URL names Postgres, which this version cannot use yet: leave it empty for SQLite.');
  }
  if (/^[a-z]+:\/\//.test(url)) throw new ConfigError('DATABASE_URL must be empty or the path of a SQLite file.');
  return url ? resolve(url) : join(dataDir, 'parley.sqlite');
}

/** What PUBLIC_URL decides: who signs in elsewhere must not do so in clear, and open mode is for this machine. */
function authMode(mode: Values['AUTH_MODE'], publicUrl: string): Config['authMode'] {
  const url = publicUrl ? new URL(publicUrl) : undefined;
  if (!url || isLoopback(url)) return mode || 'open';
  if (mode === 'open') {
    throw new ConfigError(
      `AUTH_MODE=open lets everyone in and PUBLIC_URL=${publicUrl} is not a loopback address: open mode is for your own machine.`,
    );
  }
  if (url.protocol !== 'https:') {
    throw new ConfigError(
      `PUBLIC_URL=${publicUrl} is not a loopback address, so it must be https: passwords would travel in clear.`,
    );
  }
  return 'accounts';
}

/** Reads `.env` and the environment (which wins). Unknown names in `.env`, and values that do not fit, stop the start. */
export function readConfig(env: NodeJS.ProcessEnv = process.env, file = '.env'): Config {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const unknown = Object.keys(fromFile).filter((name) => !Object.hasOwn(SETTINGS, name));
  if (unknown.length) throw new ConfigError(`${file} has settings nobody reads: ${unknown.join(', ')}.`);
  const values = Object.entries(SETTINGS).map(([name, setting]) => {
    const raw = env[name] ?? fromFile[name] ?? setting.default;
    try {
      return [name, setting.read(raw.trim())];
    } catch (error) {
      throw new ConfigError(`${name}=${raw} ${(error as Error).message}.`);
    }
  });
  return new Config(Object.fromEntries(values) as Values);
}
