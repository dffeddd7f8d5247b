import vm from 'node:vm';
import type { Program } from '../../bot-sdk/bundle-hash.js';
import { Chance } from '../../bot-sdk/chance.js';
import type { HookInput, RunLimits, RunResult } from '../../bot-sdk/contract.js';
import { Ledger } from '../../bot-sdk/ledger.js';
import { NPM_MODULES, SDK_MODULE } from '../../bot-sdk/modules.js';
import { type RealmFailure, RealmHost } from '../../bot-sdk/realm-host.js';
import { resultOf } from '../../bot-sdk/run-result.js';
import type { Unhandled } from '../../bot-sdk/unhandled.js';
import type { Web } from '../../bot-sdk/web.js';
import { WebDesk } from '../../bot-sdk/web-desk.js';
import { type KitFunctions, takeContext } from './kit-context.js';
import type { Exports } from './kit-script.js';
import { type ModuleScript, moduleScript, packageScript } from './module-script.js';
import type { Quiet } from './quiet.js';
import { watchRejections } from './rejections.js';
import { Scripts } from './scripts.js';
import { WORKSPACE } from './workspace.js';

/** Gives a bot a module of Node. Not available where hooks share a process. */
export type LendModule = (name: string) => Exports;

export interface RealmBot {
  readonly program: Program;
  readonly modules: readonly string[];
  /** Only if a hook has a process of its own: Node's modules for the bot, and when their operations are finished. */
  readonly node?: { lend(chance: Chance): LendModule; readonly quiet: Pick<Quiet, 'wait' | 'interrupt'> };
}

type Loaded = (exports: Exports, imported: Exports) => unknown;
type Next = Awaited<ReturnType<WebDesk['next']>>;

interface Driven {
  readonly realm: KitFunctions;
  readonly host: RealmHost;
  readonly desk: WebDesk;
  readonly unhandled: Unhandled<unknown, unknown>;
  /** By this thread's `performance.now()`. */
  readonly end: number;
}

/** A hook and its environment. */
interface Hosted {
  readonly host: RealmHost;
  readonly lend?: LendModule;
  readonly context: vm.Context;
}

/** V8 reports both by ordinary errors, which a bot could throw as well, so the error is trusted here. */
const STRAIN = { ranOutOfMemory: () => false, ranOutOfStack: () => true };

/** Runs hooks of one bot, each in a new V8 context. */
export class Realms {
  private readonly scripts = new Scripts();
  private readonly module: ModuleScript;
  private readonly packages: Readonly<Record<string, string>>;

  /** Throws a SyntaxError if the bot's module cannot be parsed. */
  constructor(private readonly bot: RealmBot) {
    this.module = moduleScript(bot.program.executed);
    const bundled = Object.entries(bot.program.bundled);
    this.packages = Object.fromEntries(bundled.map(([name, source]) => [name, packageScript(source)]));
    this.scripts.compile('bot', this.module.code);
  }

  /** Resolves for every hook that returns control; an endless loop is ended from outside. */
  async run(input: HookInput, limits: RunLimits, web: Web): Promise<RunResult> {
    const started = performance.now();
    const desk = new WebDesk(web, limits);
    const chance = new Chance(input.key);
    const placed = { ...input, workspace: WORKSPACE };
    const host = new RealmHost(placed, limits, new Ledger(input, limits), chance, desk, STRAIN);
    const unhandled = watchRejections();
    const realm = this.begin(host, this.bot.node?.lend(chance), input.trial === true);
    const failure = await this.drive({ realm, host, desk, unhandled, end: started + limits.wallMs });
    const allowed = [SDK_MODULE, ...NPM_MODULES, ...this.bot.modules];
    const ms = performance.now() - started;
    const result = resultOf(host.ledger, failure ?? host.outcome(), ms, allowed, host.hasDrawn);
    return host.found ? { ...result, found: host.found } : result;
  }

  /**
   * Runs the realm until everything that its hook has started is finished: first the pending jobs, then network answers
   * in the order of the requests, and if there are none the next timer.
   */
  private async drive({ realm, host, desk, unhandled, end }: Driven): Promise<RealmFailure | undefined> {
    await turn();
    while (!host.hasFailed) {
      if (performance.now() >= end) return host.late;
      // The parent process ends a hook that waits for too long here.
      if (!desk.isWaiting) await this.bot.node?.quiet.wait();
      if (desk.isWaiting) {
        const next = await before<Next>(end, desk.next());
        if (next) realm.settler(JSON.stringify(next));
      } else if (host.hasFailed || realm.ticker() !== true) break;
      await turn();
    }
    if (host.hasFailed || unhandled.isEmpty) return undefined;
    realm.teller(unhandled.first?.reason);
    return undefined;
  }

  private begin(host: RealmHost, lend: LendModule | undefined, isTrial: boolean): KitFunctions {
    const kit = takeContext(isTrial);
    const hosted = { host, lend, context: kit.context };
    kit.begin({
      answer: (operation, request) => {
        if (operation === 'failed') this.bot.node?.quiet.interrupt();
        return host.answer(operation, request);
      },
      load: (sdk, newExports) => this.load(hosted, sdk, newExports),
    });
    return kit.functions;
  }

  /**
   * The bot's module with its imports, for the kit to start. Only the kit awaits it: awaiting a realm's promise in the
   * host would pass host functions to a `then` that the bot may have replaced.
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

  /** For `import()`, which gives the bot a promise of the host: only if the process ends with the hook. */
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

/** Lets pending events run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function before<T>(end: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, end - performance.now(), undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
