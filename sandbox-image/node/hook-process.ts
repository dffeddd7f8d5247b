import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import type { WebAnswer } from '../../bot-sdk/web.js';
import { childStreams, Line } from './line.js';
import { lend } from './node-modules.js';
import { Realms } from './realm.js';
import type { Bind, Hook } from './sandbox.js';

/** A process for one hook: it is told the bot and the hook, says what came of it, and is ended by its parent. */
export class HookProcess {
  private readonly line: Line<ToSandbox, FromSandbox>;
  private readonly waiting: ((answer: WebAnswer) => void)[] = [];
  private bot?: Bind;

  constructor() {
    // Buffers of a shared piece of memory would show what the harness has in it.
    Buffer.poolSize = 0;
    const { input, output } = childStreams();
    this.line = new Line(input, output, (message: ToSandbox) => {
      if (message.t === 'bind') this.bot = message;
      // Its parent says that it ended.
      if (message.t === 'hook') this.perform(message).catch(() => process.exit(1));
      if (message.t === 'web') this.waiting[message.n]?.(message.answer);
    });
  }

  private async perform({ id, input, limits }: Hook) {
    const { language, executed, class_name: className, bundled, modules } = this.bot as Bind;
    const program = { language, executed, className, bundled };
    const realms = new Realms({ program, modules, lend });
    const result = await realms.run(input, limits, (request) => {
      this.line.send({ t: 'web', id, n: this.waiting.length, request });
      return new Promise((resolve) => this.waiting.push(resolve));
    });
    const { user, system } = process.cpuUsage();
    this.line.send({ t: 'done', id, result, is_clean: true, cpu_ms: (user + system) / 1_000 });
  }
}
