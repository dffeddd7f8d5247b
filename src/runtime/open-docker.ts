import { existsSync, readFileSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import type { Config } from '../platform/config/config.js';
import { ConfigError } from '../platform/config/config.js';
import { projectPath } from '../platform/config/project.js';
import type { Log } from '../platform/observability/logging.js';
import type { ContainerEngine } from './docker/container-engine.js';
import { DockerRunner } from './docker/docker-runner.js';
import { sandboxLabel } from './docker/sandbox-label.js';
import type { SandboxHost } from './docker/sandbox-scheduler.js';

/** The file in which `npm start` stores the name of the image. */
const IMAGE_FILE = projectPath('dist', 'sandbox-image.json');
/** The approximate memory of a container with a busy bot. */
const MB_EACH = 40;
const MOST = 300;

export interface OpenedDocker {
  readonly docker?: DockerRunner;
  /** Why Docker is not available. */
  readonly missing?: string;
}

/**
 * Opens the Docker runner if an engine answers and has the image. Otherwise returns the reason, or throws a ConfigError
 * if `SANDBOX=docker`.
 */
export async function openDocker(config: Config, log: Log): Promise<OpenedDocker> {
  if (config.sandbox.kind === 'embedded') return { missing: 'SANDBOX=embedded' };
  const { hosts, missing } = await hostsOf(config, log);
  const [first, ...others] = hosts;
  if (!first) return refused(config, missing ?? 'no container engine answers');
  const { reuse, idleMs, cpus, runtime, pids, pool } = config.sandbox;
  const maxContainers = config.sandbox.maxContainers || maxContainersHere();
  const settings = {
    reuse,
    idleMs,
    cpus,
    runtime,
    pids,
    maxContainers,
    pool: Math.min(pool, Math.floor(maxContainers / 4)),
    label: sandboxLabel(config.dataDir, config.postgresUrl ? `${hostname()}-${config.port}` : undefined),
  };
  const docker = new DockerRunner([first, ...others], settings, log);
  const removedCount = await docker.sweep().catch(async (error) => {
    await docker.close();
    log.error({ err: error }, 'the container engine refuses what sandboxes need');
    return undefined;
  });
  if (removedCount === undefined)
    return refused(config, 'the container engine answers and refuses what sandboxes need (see the log)');
  if (removedCount) log.warn({ containers: removedCount }, 'sandboxes of an earlier run were removed');
  return { docker };
}

/** The first available machine, for a measurement. */
export async function firstSandboxHost(config: Config, log: Log): Promise<SandboxHost> {
  const { hosts, missing } = await hostsOf(config, log);
  if (!hosts[0]) throw new ConfigError(`A container engine is needed, but ${missing}.`);
  return hosts[0];
}

function refused({ sandbox: { kind } }: Config, missing: string): OpenedDocker {
  if (kind === 'docker') throw new ConfigError(`SANDBOX=docker, but ${missing}.`);
  return { missing };
}

async function hostsOf({ sandbox: { engines, image } }: Config, log: Log) {
  const name = image || nameOfBuilt();
  const answering: ContainerEngine[] = [];
  // Loaded on demand: the engine's client is large, and a server without containers does not need it.
  const { ContainerEngine: Engine } = await import('./docker/container-engine.js');
  for (const engine of (engines.length ? engines : ['']).map((address) => new Engine(address))) {
    if (await engine.answers()) answering.push(engine);
    else if (engine.address) log.error({ engine: engine.address }, 'a container engine does not answer');
  }
  if (!answering.length) return { hosts: [], missing: 'no container engine answers' };
  if (!name) return { hosts: [], missing: 'the sandbox image is not built (npm start builds it)' };
  const hosts: SandboxHost[] = [];
  for (const engine of answering) {
    const image = await engine.image(name);
    // With different images on two machines, one bot would run on two different engines.
    if (image && (hosts[0]?.image.rootfs ?? image.rootfs) === image.rootfs) hosts.push({ engine, image });
    else log.error({ engine: engine.address, image: name }, 'a container engine does not have the sandbox image');
  }
  return { hosts, missing: hosts.length ? undefined : `the engine has no image ${name} (npm start builds it)` };
}

function nameOfBuilt(): string | undefined {
  if (!existsSync(IMAGE_FILE)) return undefined;
  return JSON.parse(readFileSync(IMAGE_FILE, 'utf8')).tag;
}

/** Sandboxes may use half of the memory. */
const maxContainersHere = () => Math.max(8, Math.min(MOST, Math.floor(totalmem() / 2 ** 20 / 2 / MB_EACH)));
