import Dockerode from 'dockerode';
import { inTime } from './deadline.js';
import { engineOptions } from './engine-address.js';

/** What must be true of an image for the server to start sandboxes from it. */
export interface SandboxImage {
  readonly id: string;
  readonly node: string;
  readonly python: string;
  /** Content hash of the root file system, which names what ran; an image id also depends on when it was built. */
  readonly rootfs: string;
}

const PATIENCE_MS = 2_000;

/** A machine's container engine. */
export class ContainerEngine {
  readonly docker: Dockerode;

  /** The address is that of `DOCKER_HOST`: `unix:///path`, `tcp://host:port`, `ssh://user@host`; empty for what the environment says. */
  constructor(readonly address: string) {
    this.docker = new Dockerode(engineOptions(address));
  }

  async answers(): Promise<boolean> {
    try {
      await inTime(this.docker.ping(), undefined, PATIENCE_MS);
      return true;
    } catch {
      return false;
    }
  }

  /** The sandbox image of this name; undefined where there is none, or one that is something else. */
  async image(name: string): Promise<SandboxImage | undefined> {
    try {
      const { Id: id, Config } = await inTime(this.docker.getImage(name).inspect());
      const { 'parley.node': node, 'parley.python': python, 'parley.rootfs': rootfs } = Config.Labels ?? {};
      return node && python && rootfs ? { id, node, python, rootfs } : undefined;
    } catch {
      return undefined;
    }
  }
}
