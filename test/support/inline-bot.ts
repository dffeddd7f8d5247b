import { prepare } from '../../bot-sdk/bundle.js';
import type { HookInput, Language } from '../../bot-sdk/contract.js';
import { SDK_MODULE } from '../../bot-sdk/modules.js';
import { bundlePackages } from '../../bot-sdk/npm-packages.js';
import type { Executable } from '../../src/runtime/runner.js';

/** A hook of a bot in a channel with two players, at noon. */
export const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.500Z',
  params: {},
  state: null,
  state_version: 0,
  players: [
    { seat: 's1', label: 'alice', name: 'Alice' },
    { seat: 's2', label: 'bob', name: 'Bob' },
  ],
  env: {},
  key: '00'.repeat(32),
  run: 7,
};

/** What a server would run for a source whose manifest declares what it imports. */
export function executableOf(source: string, language: Language): Executable {
  const bundle = prepare(source, language);
  const modules = bundle.imports.filter((module) => module !== SDK_MODULE);
  const needsProcess = bundle.importsDynamically || modules.some((module) => module.startsWith('node:'));
  return { ...bundle, bundled: bundlePackages(bundle), modules, needsProcess };
}

/**
 * A bot that does `body` in every hook, with `ctx`, `params` and the hook's `args` at hand. `top` is one line before the class;
 * the body begins on line 7 in every language.
 */
export function sourceOf(language: Language, body: string, top = ''): string {
  return { javascript, typescript, python }[language](body, top);
}

/** A bot that does, in every hook, the one of these bodies whose number is `params.does`. */
export function sourceOfAll(language: Language, bodies: readonly string[]): string {
  if (language !== 'python') {
    const all = bodies.map((body) => `async () => {\n${body}\n},\n`);
    return sourceOf(language, `await [\n${all.join('')}][params.does]();`);
  }
  const all = bodies.map((body, i) => `def does_${i}():\n${body.replaceAll(/^/gm, '    ')}\n`);
  return sourceOf(language, `${all.join('')}[${bodies.map((_, i) => `does_${i}`)}][params['does']]()`);
}

const HOOKS = ['on_init', 'on_join', 'on_leave', 'on_message', 'on_private_message', 'on_timer', 'on_event'];

const javascript = (body: string, top: string) => `${top}
export default class Bot {
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }

  async act(...args) {
    const { ctx, params } = this;
${body}
  }
${HOOKS.map((hook) => `  ${hook}(...args) { return this.act(...args); }`).join('\n')}
}
`;

const typescript = (body: string, top: string) => `${top}
export default class Bot {
  private readonly ctx: any; private readonly params: Record<string, unknown>;
  constructor(ctx: any, params: Record<string, unknown>) { this.ctx = ctx; this.params = params; }
  async act(...args: any[]): Promise<void> {
    const { ctx, params } = this as { ctx: any; params: any };
${body}
  }
${HOOKS.map((hook) => `  ${hook}(...args: any[]): Promise<void> { return this.act(...args); }`).join('\n')}
}
`;

const python = (body: string, top: string) => `${top}
class Bot:
    def __init__(self, ctx, params):
        self.ctx, self.params = ctx, params
    def act(self, *args):
        ctx, params = self.ctx, self.params
${body
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
${HOOKS.map((hook) => `    def ${hook}(self, *args):\n        self.act(*args)`).join('\n')}
`;
