import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import { FrameStream } from './frame-stream.js';
import { FreshProcesses } from './fresh-processes.js';
import type { BindMessage, Hooks, Send } from './hooks.js';
import { SharedProcess } from './shared-process.js';
import { TunnelProxy } from './tunnel-proxy.js';
import { warmUp } from './warm-up.js';

const IDLE_MS = 50;

/** A failure of the harness ends the sandbox; the server replaces it. */
const leave = () => process.exit(1);

/**
 * Process 1 of a container: it is bound to one bot and runs one hook at a time, by messages on its standard streams.
 */
export class HookServer {
  private readonly line: FrameStream<ToSandbox, FromSandbox>;
  private readonly tunnels: TunnelProxy;
  private readonly idle: NodeJS.Timeout;
  private hooks?: Hooks;

  constructor() {
    this.line = new FrameStream(
      process.stdin,
      process.stdout,
      (message: ToSandbox) => this.take(message),
      (connection, bytes) => this.tunnels.received(connection, bytes),
    );
    this.tunnels = new TunnelProxy(this.line);
    // The server has disconnected.
    process.stdin.on('end', () => process.exit(0));
    process.stdout.on('error', () => process.exit(0));
    this.line.send({ t: 'ready', runtime: `node@${process.versions.node}` });
    // The warm-up starts only if the sandbox is idle in the pool, not if a hook already waits for it.
    this.idle = setTimeout(() => {
      warmUp().catch(() => {});
    }, IDLE_MS);
  }

  private take(message: ToSandbox): unknown {
    switch (message.t) {
      case 'bind':
        return this.bind(message).catch(leave);
      case 'hook':
        return this.hooks?.perform(message).catch(leave);
      case 'web':
        return this.hooks?.answered(message);
      default:
        return this.tunnels.told(message);
    }
  }

  private async bind(bot: BindMessage) {
    clearTimeout(this.idle);
    const send: Send = (message) => this.line.send(message);
    try {
      if (bot.has_network && bot.needs_process) await this.tunnels.listen();
      this.hooks = bot.needs_process ? new FreshProcesses(bot, send) : new SharedProcess(bot, send);
      send({ t: 'bound' });
    } catch (error) {
      send({ t: 'unbound', error: { code: 'BOT_THREW', detail: String(error).slice(0, 500) } });
    }
  }
}
