import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { Program } from './bundle-hash.js';
import { Chance } from './chance.js';
import type { HookInput, RunLimits, RunResult } from './contract.js';
import { type CpuClock, type Deadline, startDeadline } from './deadline.js';
import { freshEngine } from './engine.js';
import { KIT } from './kit.js';
import { Ledger } from './ledger.js';
import { NPM_MODULES, SDK_MODULE } from './modules.js';
import { type Failure, OUT_OF_STACK, RealmHost } from './realm-host.js';
import { resultOf, TOO_LONG } from './run-result.js';
import { NO_WEB, type Web } from './web.js';
import { WebDesk } from './web-desk.js';

/**
 * Runs one hook of a bundle in an engine of its own and says what it did. It never throws for what the bot does, and two
 * runs of the same input and the same answers of the network differ in `ms` only, unless they were stopped from outside.
 */
export async function runHook(
  program: Pick<Program, 'executed' | 'bundled'>,
  input: HookInput,
  limits: RunLimits,
  web: Web = NO_WEB,
  cpu?: CpuClock,
): Promise<RunResult> {
  const { quickjs, memory } = await freshEngine(limits.memoryMb);
  const started = performance.now();
  const desk = new WebDesk(web, limits);
  const host = new RealmHost(input, limits, new Ledger(input, limits), new Chance(input.key), desk, {
    ranOutOfMemory: () => memory.ranOutOfMemory(),
    ranOutOfStack: () => memory.ranOutOfStack(limits.stackKb),
  });
  const deadline = startDeadline(limits, cpu);
  const realm = new Realm(quickjs.newRuntime(), program, host, limits, deadline);
  const failure = (await drive(realm, host, desk, deadline)) ?? host.outcome();
  return resultOf(host.ledger, failure, performance.now() - started, EMBEDDED_MODULES, host.hasDrawn);
}

/** Lets the realm work until its hook has ended or waits for nothing; answers of the network are handed in between. */
async function drive(realm: Realm, host: RealmHost, desk: WebDesk, deadline: Deadline): Promise<Failure | undefined> {
  try {
    realm.begin();
    while (!deadline.wasHit && !host.hasEnded && desk.isWaiting) {
      const next = await deadline.race(desk.next());
      if (next) realm.settle(JSON.stringify(next));
    }
  } catch (error) {
    return trapped(error, deadline);
  }
  return deadline.wasHit ? TOO_LONG : undefined;
}

/** The engine is thrown away with everything in it, so nothing here is disposed of: after a trap it could not be. */
class Realm {
  private readonly vm: QuickJSContext;
  private settler?: QuickJSHandle;

  constructor(
    private readonly runtime: QuickJSRuntime,
    { executed, bundled }: Pick<Program, 'executed' | 'bundled'>,
    private readonly host: RealmHost,
    limits: RunLimits,
    private readonly deadline: Deadline,
  ) {
    runtime.setMaxStackSize(limits.stackKb * 1024);
    runtime.setInterruptHandler(() => deadline.isOver());
    const sources = new Map([['bot', executed], ...Object.entries(bundled)]);
    runtime.setModuleLoader(
      (name) => sources.get(name) ?? { error: host.refuseModule(name) },
      (_, requested) => requested,
    );
    this.vm = runtime.newContext();
  }

  begin() {
    const { vm, host } = this;
    const call = vm.newFunction('parley', (operation, request, settle) => {
      if (settle) this.settler = settle.dup();
      return settle ? vm.undefined : vm.newString(host.answer(vm.getString(operation), vm.getString(request)));
    });
    vm.setProp(vm.global, 'parley', call);
    const evaluated = vm.evalCode(KIT, SDK_MODULE, { type: 'module' });
    if (evaluated.error) host.answer('failed', JSON.stringify({ text: vm.getString(evaluated.error), engine: true }));
    this.runJobs();
  }

  settle(answer: string) {
    const { vm, settler } = this;
    if (settler) vm.callFunction(settler, vm.undefined, vm.newString(answer));
    this.runJobs();
  }

  private runJobs() {
    while (this.runtime.hasPendingJob() && !this.deadline.isOver()) {
      // In portions: between two of them the clock is read, even if no job is long enough for the interrupt handler.
      this.runtime.executePendingJobs(1_000);
    }
  }
}

/** What a bot can import where there is neither Node nor Python. */
const EMBEDDED_MODULES = [SDK_MODULE, ...NPM_MODULES];

function trapped(error: unknown, deadline: Deadline): Failure {
  if (deadline.wasHit) return TOO_LONG;
  // The machine's own stack ended before the engine noticed.
  if (error instanceof RangeError) return OUT_OF_STACK;
  return { code: 'RUNNER_CRASHED', text: 'the engine stopped' };
}
