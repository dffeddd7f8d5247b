import type { Duplex } from 'node:stream';
import type { FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';
import { inBackground } from '../../kernel/background.js';
import type { Way } from '../runner.js';
import type { Wire } from './wire.js';

const MAX_TUNNELS = 16;

type Asked = Extract<FromSandbox, { t: 'open' | 'end' | 'closed' }>;

/** The tunnels of one sandbox during one hook: the sandbox asks for them, the way decides and carries the bytes. */
export class Tunnels {
  private readonly open = new Map<number, Duplex | undefined>();

  constructor(private readonly wire: Wire) {}

  heard(message: Asked, way: Way | undefined) {
    if (message.t === 'open') inBackground('opening a tunnel', this.begin(message, way));
    else if (message.t === 'end') this.open.get(message.c)?.end();
    else this.open.get(message.c)?.destroy();
  }

  heardBytes(connection: number, bytes: Buffer) {
    this.open.get(connection)?.write(bytes);
  }

  /** The hook is over, and its connections with it. */
  closeAll() {
    for (const stream of this.open.values()) stream?.destroy();
    this.open.clear();
  }

  private async begin({ c, host, port }: Extract<Asked, { t: 'open' }>, way: Way | undefined) {
    const refuse = (detail: string) => this.wire.send({ t: 'refused', c, detail });
    if (this.open.has(c) || this.open.size >= MAX_TUNNELS) return refuse('too many tunnels');
    if (!way?.isOpen) return refuse('the bot declares no hosts');
    this.open.set(c, undefined);
    try {
      const stream = await way.tunnel(host, port);
      if (!this.open.has(c)) return void stream.destroy();
      this.open.set(c, stream);
      this.carry(c, stream);
      this.wire.send({ t: 'opened', c });
    } catch (error) {
      this.open.delete(c);
      refuse(error instanceof Error ? error.message : 'refused');
    }
  }

  private carry(c: number, stream: Duplex) {
    stream.on('data', (bytes: Buffer) => {
      if (this.wire.sendBytes(c, bytes)) return;
      stream.pause();
      this.wire.drained(() => stream.resume());
    });
    stream.on('end', () => this.wire.send({ t: 'end', c }));
    stream.on('error', () => {});
    stream.on('close', () => {
      if (this.open.delete(c)) this.wire.send({ t: 'closed', c });
    });
  }
}
