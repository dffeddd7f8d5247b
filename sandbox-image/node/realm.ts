import vm from 'node:vm';
import type { Program } from '../../bot-sdk/bundle-hash.js';
import { Chance } from '../../bot-sdk/chance.js';
import type { HookInput, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import { Ledger } from '../../bot-sdk/ledger.js';
import { NPM_MODULES, SDK_MODULE } from '../../bot-sdk/modules.js';
import { type Failure, RealmHost } from '../../bot-sdk/realm-host.js';
import { resultOf, TOO_LONG } from '../../bot-sdk/run-result.js';
import type { Web } from '../../bot-sdk/web.js';
import { WebDesk } from '../../bot-sdk/web-desk.js';
import { type Exports, KIT_SCRIPT, type Kit } from './kit-script.js';
import { type ModuleScript, moduleScript, packageScript } from './module-script.js';
import { Scripts } from './scripts.js';
import { WORKSPACE } from './workspace.js';

/** Gives a bot a module of Node's. Where two hooks share a process there is no such thing. */
export type Lend = (name: string) => Exports;

export interface RealmBot {
  readonly program: Program;
  readonly modules: readonly string[];
  readonly lend?: (chance: Chance) => Lend;
}

type Loaded = (exports: Exports, imported: Exports) => unknown;
type Next = Awaited<ReturnType<WebDesk['next']>> | 'ended';

interface Realm {
  readonly ended: Promise<'ended'>;
  settle(answer: string): void;
}

/** A hook and what surrounds it. */
interface Hosted {
  readonly host: RealmHost;
  readonly lend?: Lend;
  readonly context: vm.Context;
}

/** Of all bots, so that the warm-up's is everyone's. */
const kit = new Scripts();

/** V8 says both by an error like any other, and a bot can throw the same: what it says of itself is believed. */
const STRAIN = { ranOutOfMemory: () => false, ranOutOfStack: () => true };

/** Runs hooks of one bot, each in a V8 context of its own that nothing of the host's enters but one function and its texts. */
export class Realms {
  private readonly scripts = new Scripts();
  private readonly module: ModuleScript;
  private readonly packages: Readonly<Record<string, string>>;

  /** Throws a SyntaxError where the bot's module does not parse. */
  constructor(private readonly bot: RealmBot) {
    this.module = moduleScript(bot.program.executed);
    const bundled = Object.entries(bot.program.bundled);
    this.packages = Object.fromEntries(bundled.map(([name, source]) => [name, packageScript(source)]));
    this.scripts.compile('bot', this.module.code);
  }

  /** Answers for every hook that gives its thread back; one that does not is ended from outside. */
  async run(input: HookInput, limits: RunLimits, web: Web): Promise<RunResult> {
    const started = performance.now();
    const desk = new WebDesk(web, limits);
    const chance = new Chance(input.key);
    const placed = { ...input, workspace: WORKSPACE };
    const host = new RealmHost(placed, limits, new Ledger(input, limits), chance, desk, STRAIN);
    const realm = this.begin(host, this.bot.lend?.(chance));
    const failure = await this.drive(realm, host, desk, started + limits.wallMs);
    const allowed = [SDK_MODULE, ...NPM_MODULES, ...this.bot.modules];
    return resultOf(host.ledger, failure ?? host.outcome(), performance.now() - started, allowed, host.hasDrawn);
  }

  private async drive(realm: Realm, host: RealmHost, desk: WebDesk, end: number): Promise<Failure | undefined> {
    // Whatever the bot left running has its turn before the hook counts as over, as in every engine.
    await turn();
    while (!host.hasEnded && (desk.isWaiting || this.bot.lend)) {
      const next = await before<Next>(end, desk.isWaiting ? Promise.race([desk.next(), realm.ended]) : realm.ended);
      if (next === undefined) return TOO_LONG;
      if (next !== 'ended') realm.settle(JSON.stringify(next));
      await turn();
    }
    return undefined;
  }

  private begin(host: RealmHost, lend: Lend | undefined): Realm {
    // biome-ignore lint/suspicious/noExplicitAny: newer than the types
    const context = vm.createContext((vm.constants as any).DONT_CONTEXTIFY, {
      codeGeneration: { strings: false, wasm: false },
    });
    let settle: (answer: string) => void = () => {};
    let end: (how: 'ended') => void = () => {};
    const ended = new Promise<'ended'>((resolve) => {
      end = resolve;
    });
    context.parley = (operation: string, request: string, settler?: typeof settle) => {
      if (settler) settle = settler;
      if (operation === 'done' || operation === 'failed') end('ended');
      return settler ? '' : host.answer(operation, request);
    };
    const hosted = { host, lend, context };
    const start = kit.run(SDK_MODULE, KIT_SCRIPT, context) as Kit;
    start((sdk, newExports) => this.load(hosted, sdk, newExports));
    return { ended, settle: (answer) => settle(answer) };
  }

  /**
   * The bot's module with what it imports, for the kit to start. Only the kit awaits it: a promise of the realm's would hand
   * functions of the host's to whatever the bot has made of `then`.
   */
  private load({ host, lend, context }: Hosted, sdk: Exports, newExports: () => Exports) {
    const imported = newExports();
    for (const { module, names } of this.module.imports) {
      imported[module] ??= this.exportsOf(module, { host, lend, context }, sdk, newExports);
      const missing = names.find((name) => name !== '*' && !(name in (imported[module] as Exports)));
      if (missing) throw new SyntaxError(`${module} does not export ${missing}`);
    }
    const importing = lend && ((name: string) => this.lent(name, { host, lend, context }, sdk, newExports));
    const module = this.scripts.run('bot', this.module.code, context, importing) as Loaded;
    const exports = newExports();
    return { module, exports, imported };
  }

  private exportsOf(name: string, { host, lend, context }: Hosted, sdk: Exports, newExports: () => Exports): Exports {
    if (name === SDK_MODULE) return sdk;
    const packaged = Object.hasOwn(this.packages, name) ? this.packages[name] : undefined;
    if (packaged !== undefined) {
      const exports = newExports();
      (this.scripts.run(name, packaged, context) as (exports: Exports) => void)(exports);
      return exports;
    }
    if (lend && this.bot.modules.includes(name)) return lend(name);
    throw host.refuseModule(name);
  }

  /** For `import()`, which gives the bot a promise of the host's: only where the process ends with the hook. */
  private async lent(name: string, hosted: Hosted, sdk: Exports, newExports: () => Exports): Promise<vm.Module> {
    const exports = this.exportsOf(name, hosted, sdk, newExports);
    const names = Object.keys(exports);
    const setAll = function (this: vm.SyntheticModule) {
      for (const key of names) this.setExport(key, exports[key]);
    };
    const module = new vm.SyntheticModule(names, setAll, { context: hosted.context, identifier: name });
    await module.link(() => Promise.reject(new Error('nothing to link')));
    await module.evaluate();
    return module;
  }
}

/** Lets everything that is due happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function before<T>(end: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, end - performance.now(), undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
