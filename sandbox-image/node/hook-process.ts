import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import type { WebAnswer } from '../../bot-sdk/web.js';
import { childStreams, FrameStream } from './frame-stream.js';
import type { BindMessage, HookMessage } from './hooks.js';
import { lend } from './node-modules.js';
import { Quiet } from './quiet.js';
import { Realms } from './realm.js';
import { watchCallbacks } from './rejections.js';

/** A process for one hook: it receives the bot and the hook, sends the result, and is ended by its parent. */
export class HookProcess {
  private readonly line: FrameStream<ToSandbox, FromSandbox>;
  private readonly quiet: Quiet;
  private readonly waiting: ((answer: WebAnswer) => void)[] = [];
  private bot?: BindMessage;

  constructor() {
    watchCallbacks();
    // Pooled buffers share memory, which would show data of the harness.
    Buffer.poolSize = 0;
    const { input, output } = childStreams();
    this.quiet = new Quiet(input);
    this.line = new FrameStream(input, output, (message: ToSandbox) => {
      if (message.t === 'bind') this.bot = message;
      // The parent reports that this process has ended.
      if (message.t === 'hook') this.perform(message).catch(() => process.exit(1));
      if (message.t === 'web') this.waiting[message.n]?.(message.answer);
    });
  }

  private async perform({ id, input, limits }: HookMessage) {
    const { language, executed, class_name: className, bundled, modules } = this.bot as BindMessage;
    const program = { language, executed, className, bundled };
    const realms = new Realms({ program, modules, node: { lend, quiet: this.quiet } });
    const result = await realms.run(input, limits, (request) => {
      this.line.send({ t: 'web', id, n: this.waiting.length, request });
      this.quiet.interrupt();
      return new Promise((resolve) => this.waiting.push(resolve));
    });
    const { user, system } = process.cpuUsage();
    this.line.send({ t: 'done', id, result, is_clean: true, cpu_ms: (user + system) / 1_000 });
  }
}
