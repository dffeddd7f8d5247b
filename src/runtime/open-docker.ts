import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { Config } from '../platform/config.js';
import { ConfigError } from '../platform/config.js';
import type { Log } from '../platform/logging.js';
import { projectPath } from '../platform/project.js';
import type { ContainerEngine } from './docker/container-engine.js';
import { DockerRunner } from './docker/docker-runner.js';
import type { Berth } from './docker/fleet.js';
import { sandboxLabel } from './docker/sandbox-label.js';

/** What `npm start` writes when it has found or built the image: its name. */
const IMAGE_FILE = projectPath('dist', 'sandbox-image.json');
/** What a container of a busy bot takes. */
const MB_EACH = 40;
const MOST = 300;

export interface Opened {
  readonly docker?: DockerRunner;
  /** Why there is none. */
  readonly missing?: string;
}

/**
 * The runner for containers, with an engine that answers and the image on it. Where there is none: under `SANDBOX=docker` a
 * ConfigError, else the reason.
 */
export async function openDocker(config: Config, log: Log): Promise<Opened> {
  if (config.sandbox.kind === 'embedded') return { missing: 'SANDBOX=embedded' };
  const { berths, missing } = await berthsOf(config, log);
  const [first, ...others] = berths;
  if (!first) return refused(config, missing ?? 'no container engine answers');
  const { reuse, idleMs, cpus, runtime, pids, pool } = config.sandbox;
  const most = config.sandbox.most || mostHere();
  const settings = {
    reuse,
    idleMs,
    cpus,
    runtime,
    pids,
    most,
    pool: Math.min(pool, Math.floor(most / 4)),
    label: sandboxLabel(config.dataDir),
  };
  const docker = new DockerRunner([first, ...others], settings, log);
  const left = await docker.sweep().catch(async (error) => {
    await docker.close();
    log.error({ err: error }, 'the container engine refuses what sandboxes need');
    return undefined;
  });
  if (left === undefined)
    return refused(config, 'the container engine answers and refuses what sandboxes need (see the log)');
  if (left) log.warn({ containers: left }, 'sandboxes of an earlier run were removed');
  return { docker };
}

/** The first machine there is, for a measurement. */
export async function machineOf(config: Config, log: Log): Promise<Berth> {
  const { berths, missing } = await berthsOf(config, log);
  if (!berths[0]) throw new ConfigError(`A container engine is needed, but ${missing}.`);
  return berths[0];
}

function refused({ sandbox: { kind } }: Config, missing: string): Opened {
  if (kind === 'docker') throw new ConfigError(`SANDBOX=docker, but ${missing}.`);
  return { missing };
}

async function berthsOf({ sandbox: { engines, image } }: Config, log: Log) {
  const name = image || nameOfBuilt();
  const answering: ContainerEngine[] = [];
  // The engine's client is large, and a server without containers never needs it.
  const { ContainerEngine: Engine } = await import('./docker/container-engine.js');
  for (const engine of (engines.length ? engines : ['']).map((address) => new Engine(address))) {
    if (await engine.answers()) answering.push(engine);
    else if (engine.address) log.error({ engine: engine.address }, 'a container engine does not answer');
  }
  if (!answering.length) return { berths: [], missing: 'no container engine answers' };
  if (!name) return { berths: [], missing: 'the sandbox image is not built (npm start builds it)' };
  const berths: Berth[] = [];
  for (const engine of answering) {
    const found = await engine.image(name);
    // Two machines with different images would give one bot two engines.
    if (found && (berths[0]?.image.rootfs ?? found.rootfs) === found.rootfs) berths.push({ engine, image: found });
    else log.error({ engine: engine.address, image: name }, 'a container engine does not have the sandbox image');
  }
  return { berths, missing: berths.length ? undefined : `the engine has no image ${name} (npm start builds it)` };
}

function nameOfBuilt(): string | undefined {
  if (!existsSync(IMAGE_FILE)) return undefined;
  return JSON.parse(readFileSync(IMAGE_FILE, 'utf8')).tag;
}

/** Half of the memory may go to sandboxes. */
const mostHere = () => Math.max(8, Math.min(MOST, Math.floor(totalmem() / 2 ** 20 / 2 / MB_EACH)));
