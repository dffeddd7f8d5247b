import type { Duplex } from 'node:stream';
import type { FromSandbox } from '../../../bot-sdk/sandbox-protocol.js';
import { inBackground } from '../../kernel/background.js';
import type { NetworkAccess } from '../runner.js';
import type { FrameChannel } from './frame-channel.js';

const MAX_TUNNELS = 16;

type Asked = Extract<FromSandbox, { t: 'open' | 'end' | 'closed' }>;

/**
 * The tunnels of a sandbox during one hook. The sandbox requests them; the NetworkAccess decides and carries the bytes.
 */
export class Tunnels {
  private readonly open = new Map<number, Duplex | undefined>();

  constructor(private readonly channel: FrameChannel) {}

  heard(message: Asked, network: NetworkAccess | undefined) {
    if (message.t === 'open') inBackground('opening a tunnel', this.begin(message, network));
    else if (message.t === 'end') this.open.get(message.c)?.end();
    else this.open.get(message.c)?.destroy();
  }

  heardBytes(connection: number, bytes: Buffer) {
    this.open.get(connection)?.write(bytes);
  }

  /** Closes all tunnels, at the end of a hook. */
  closeAll() {
    for (const stream of this.open.values()) stream?.destroy();
    this.open.clear();
  }

  private async begin({ c, host, port }: Extract<Asked, { t: 'open' }>, network: NetworkAccess | undefined) {
    const refuse = (detail: string) => this.channel.send({ t: 'refused', c, detail });
    if (this.open.has(c) || this.open.size >= MAX_TUNNELS) return refuse('too many tunnels');
    if (!network?.isOpen) return refuse('the bot declares no hosts');
    this.open.set(c, undefined);
    try {
      const stream = await network.tunnel(host, port);
      if (!this.open.has(c)) return void stream.destroy();
      this.open.set(c, stream);
      this.carry(c, stream);
      this.channel.send({ t: 'opened', c });
    } catch (error) {
      this.open.delete(c);
      refuse(error instanceof Error ? error.message : 'refused');
    }
  }

  private carry(c: number, stream: Duplex) {
    stream.on('data', (bytes: Buffer) => {
      if (this.channel.sendBytes(c, bytes)) return;
      stream.pause();
      this.channel.drained(() => stream.resume());
    });
    stream.on('end', () => this.channel.send({ t: 'end', c }));
    stream.on('error', () => {});
    stream.on('close', () => {
      if (this.open.delete(c)) this.channel.send({ t: 'closed', c });
    });
  }
}
