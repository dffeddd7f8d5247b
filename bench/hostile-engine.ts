import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { placeOfEngine } from '../test/support/engine-proxy.js';
import type { Surroundings } from './attacks/attack.js';

const CREATE = /^POST \S*\/containers\/create/;
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Stands between a server and this machine's container engine, and has every container for Python run a stranger's program as its
 * process 1: what a bot would be that has taken over its container.
 */
export class HostileEngine implements Surroundings {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hostile-engine-'));
  private readonly lines = new Set<Socket>();

  private constructor(
    private readonly program: string,
    private readonly server: Server,
  ) {}

  static async start(program: string): Promise<HostileEngine> {
    const place = await placeOfEngine();
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ ...place, allowHalfOpen: true });
      for (const line of [near, far]) {
        engine.lines.add(line);
        line.on('error', () => {}).on('close', () => void [near, far].map((one) => engine.end(one)));
      }
      near.pipe(new Swap(engine.program)).pipe(far);
      far.pipe(near);
    });
    const engine = new HostileEngine(program, server);
    await once(server.listen(join(engine.folder, 'engine.sock')), 'listening');
    return engine;
  }

  get env() {
    return { SANDBOX: 'docker', SANDBOX_ENGINES: `unix://${join(this.folder, 'engine.sock')}` };
  }

  async [Symbol.asyncDispose]() {
    const closed = new Promise((done) => this.server.close(done));
    for (const line of this.lines) line.destroy();
    await closed;
    rmSync(this.folder, { recursive: true });
  }

  private end(line: Socket) {
    this.lines.delete(line);
    line.destroy();
  }
}

/** Passes on what a client asks the engine for, with another command where a container for Python is created. */
class Swap extends Transform {
  private held = Buffer.alloc(0);

  constructor(private readonly program: string) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback) {
    if (!this.held.length && !CREATE.test(chunk.subarray(0, 200).toString('latin1'))) return done(null, chunk);
    this.held = Buffer.concat([this.held, chunk]);
    const text = this.held.toString('latin1');
    const end = text.indexOf('\r\n\r\n') + 4;
    const length = Number(LENGTH.exec(text)?.[1]);
    if (end < 4 || this.held.length < end + length) return done();
    const body = JSON.parse(this.held.subarray(end).toString());
    this.held = Buffer.alloc(0);
    if (/python/.test(body.Cmd[0])) body.Cmd = [body.Cmd[0], '-I', '-B', '-c', this.program];
    const asked = Buffer.from(JSON.stringify(body));
    done(
      null,
      Buffer.concat([Buffer.from(text.slice(0, end).replace(LENGTH, `\r\nContent-Length: ${asked.length}`)), asked]),
    );
  }
}
