import Dockerode from 'dockerode';
import { engineOptions } from './engine-address.js';
import { withTimeout } from './engine-timeout.js';

/** The properties of an image that the server needs to start sandboxes. */
export interface SandboxImage {
  readonly id: string;
  readonly node: string;
  readonly python: string;
  /**
   * The hash of the root file system, which identifies the executed code; an image id also depends on the build time.
   */
  readonly rootfs: string;
}

const TIMEOUT_MS = 2_000;

/** A container engine (Docker) of one machine. */
export class ContainerEngine {
  readonly docker: Dockerode;

  /**
   * The address has the format of `DOCKER_HOST`: `unix:///path`, `tcp://host:port`, `ssh://user@host`; empty: as the
   * environment says.
   */
  constructor(readonly address: string) {
    this.docker = new Dockerode(engineOptions(address));
  }

  async answers(): Promise<boolean> {
    try {
      await withTimeout(this.docker.ping(), undefined, TIMEOUT_MS);
      return true;
    } catch {
      return false;
    }
  }

  /** The sandbox image of this name; undefined if it does not exist or is another kind of image. */
  async image(name: string): Promise<SandboxImage | undefined> {
    try {
      const { Id: id, Config } = await withTimeout(this.docker.getImage(name).inspect());
      const { 'parley.node': node, 'parley.python': python, 'parley.rootfs': rootfs } = Config.Labels ?? {};
      return node && python && rootfs ? { id, node, python, rootfs } : undefined;
    } catch {
      return undefined;
    }
  }
}
