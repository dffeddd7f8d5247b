import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';

/** Stands between a server and this machine's container engine, so that a test can take the engine away. */
export class EngineProxy implements AsyncDisposable {
  private readonly folder = mkdtempSync(join(tmpdir(), 'engine-'));
  private readonly lines = new Set<Socket>();
  private server?: Server;

  static async start(): Promise<EngineProxy> {
    const proxy = new EngineProxy();
    await proxy.restore();
    return proxy;
  }

  /** For SANDBOX_ENGINES. */
  get address(): string {
    return `unix://${join(this.folder, 'engine.sock')}`;
  }

  /** Nobody answers any more, and every line is dead. */
  async cut() {
    const closed = new Promise((done) => this.server?.close(done));
    for (const line of this.lines) line.destroy();
    await closed;
  }

  async restore() {
    const place = await placeOfEngine();
    this.server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...place, allowHalfOpen: true });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.lines.add(one);
        one
          .on('error', () => {})
          .on('close', () => {
            this.lines.delete(one);
            other.destroy();
          });
        one.pipe(other);
      }
    });
    await once(this.server.listen(join(this.folder, 'engine.sock')), 'listening');
  }

  async [Symbol.asyncDispose]() {
    await this.cut();
    rmSync(this.folder, { recursive: true });
  }
}

/** Where this machine's engine listens, for `connect`. */
export async function placeOfEngine() {
  // Missing in the types: the socket may first have to be found.
  const { socketPath, host, port } = new Dockerode().modem as unknown as Record<string, unknown>;
  if (!socketPath) return { host: String(host), port: Number(port) };
  return { path: String(typeof socketPath === 'function' ? await socketPath() : socketPath) };
}
