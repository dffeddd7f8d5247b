import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import { FreshProcesses } from './fresh-processes.js';
import { Line } from './line.js';
import { SharedProcess } from './shared-process.js';
import { TunnelProxy } from './tunnel-proxy.js';
import { warmUp } from './warm-up.js';

const IDLE_MS = 50;

export type Bind = Extract<ToSandbox, { t: 'bind' }>;
export type Hook = Extract<ToSandbox, { t: 'hook' }>;
export type Send = (message: FromSandbox) => void;

/** What carries out hooks: this very process, or one of its own for each. */
export interface Hooks {
  perform(hook: Hook): Promise<void>;
  answered(answer: Extract<ToSandbox, { t: 'web' }>): void;
}

/** What the harness itself cannot do ends the sandbox, which the server sees and replaces. */
const leave = () => process.exit(1);

/** Process 1 of a container: it is bound to one bot, and then asked one hook at a time over its standard streams. */
export class Sandbox {
  private readonly line: Line<ToSandbox, FromSandbox>;
  private readonly tunnels: TunnelProxy;
  private readonly idle: NodeJS.Timeout;
  private hooks?: Hooks;

  constructor() {
    this.line = new Line(
      process.stdin,
      process.stdout,
      (message: ToSandbox) => this.take(message),
      (connection, bytes) => this.tunnels.received(connection, bytes),
    );
    this.tunnels = new TunnelProxy(this.line);
    // Whoever started this sandbox is gone, and so is its reason.
    process.stdin.on('end', () => process.exit(0));
    process.stdout.on('error', () => process.exit(0));
    this.line.send({ t: 'ready', runtime: `node@${process.versions.node}` });
    // One that waits in the pool has time; one that somebody waits for is bound before this.
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

  private async bind(bot: Bind) {
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
