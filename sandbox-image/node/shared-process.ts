import type { ToSandbox } from '../../bot-sdk/sandbox-protocol.js';
import type { WebAnswer } from '../../bot-sdk/web.js';
import type { BindMessage, HookMessage, Hooks, Send } from './hooks.js';
import { Housekeeping } from './housekeeping.js';
import { prepareContext } from './kit-context.js';
import { Realms } from './realm.js';

/** Runs hooks in this process, each in a context of its own, for bots that import no module of Node. */
export class SharedProcess implements Hooks {
  private readonly realms: Realms;
  private readonly housekeeping = new Housekeeping();
  private waiting: ((answer: WebAnswer) => void)[] = [];
  private current = 0;

  /** Throws if the bot's module cannot be parsed. */
  constructor(
    { language, executed, class_name: className, bundled }: BindMessage,
    private readonly send: Send,
  ) {
    this.realms = new Realms({ program: { language, executed, className, bundled }, modules: [] });
  }

  async perform({ id, input, limits }: HookMessage) {
    this.housekeeping.hookStarted();
    this.current = id;
    this.waiting = [];
    const before = cpuMs();
    const result = await this.realms.run(input, limits, (request) => {
      this.send({ t: 'web', id, n: this.waiting.length, request });
      return new Promise((resolve) => this.waiting.push(resolve));
    });
    const now = cpuMs();
    const isOver = now - before > limits.cpuMs;
    this.send({ t: 'done', id, result: isOver ? overspent(result.ms) : result, is_clean: true, cpu_ms: now });
    this.housekeeping.hookEnded();
    prepareContext();
  }

  answered({ id, n, answer }: Extract<ToSandbox, { t: 'web' }>) {
    if (id === this.current) this.waiting[n]?.(answer);
  }
}

const overspent = (ms: number) => ({
  outcome: 'timed_out',
  error: { code: 'TIMEOUT', detail: 'the hook used too much CPU time' },
  effects: [],
  logs: [],
  ms,
});

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
