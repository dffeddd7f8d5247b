import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { Program } from './bundle-hash.js';
import type { RunLimits } from './contract.js';
import type { CpuDeadline } from './deadline.js';
import { type Engine, freshEngine } from './engine.js';
import { EngineImage, erase } from './engine-image.js';
import { EngineRejections } from './engine-rejections.js';
import { SDK_MODULE } from './modules.js';
import type { RealmHost } from './realm-host.js';

/** What the JavaScript of a realm consists of. */
export interface RealmProgram extends Pick<Program, 'executed' | 'bundled'> {
  /** The account for whose hooks alone the compiled program is kept; undefined for a program that everybody knows. */
  readonly owner?: string;
}

/** One hook in a realm. */
export interface RealmRun {
  readonly host: RealmHost;
  readonly deadline: CpuDeadline;
  readonly program: RealmProgram;
}

/**
 * An engine in which the kit has run, ready for one hook. Everything so far is the same for every hook, so the memory as
 * it is then is kept, and a further hook begins with that memory in place of a new engine.
 */
export class PreparedRealm {
  private run?: RealmRun;
  /** Functions of the kit: to begin, settle a request, fire the next timer, and report a rejection. */
  private readonly lent = new Map<string, QuickJSHandle>();
  private readonly emptyStack: number;

  private constructor(
    private readonly engine: Engine,
    private readonly runtime: QuickJSRuntime,
    private readonly vm: QuickJSContext,
    private readonly rejections: EngineRejections,
    kit: string,
  ) {
    runtime.setInterruptHandler(() => this.run?.deadline.isOver() ?? false);
    runtime.setModuleLoader(
      (name) => this.sourceOf(name),
      (_, requested) => requested,
    );
    const call = vm.newFunction('parley', (operation, request, lent) => this.answer(operation, request, lent));
    vm.setProp(vm.global, 'parley', call);
    const evaluated = vm.evalCode(kit, SDK_MODULE, { type: 'module' });
    if (evaluated.error) throw new Error(`the kit cannot run: ${vm.getString(evaluated.error)}`);
    this.runJobs();
    this.emptyStack = engine.stackPointer.value;
  }

  static async create(kit: string, { memoryMb, stackKb }: RunLimits): Promise<PreparedRealm> {
    const engine = await freshEngine(memoryMb);
    const runtime = engine.quickjs.newRuntime();
    runtime.setMaxStackSize(stackKb * 1024);
    const rejections = new EngineRejections(engine.memory);
    await rejections.watch(runtime, engine.table);
    return new PreparedRealm(engine, runtime, runtime.newContext(), rejections, kit);
  }

  /**
   * Compiles a program, so that a hook only evaluates it. False if a part of it cannot be compiled: then a hook must begin
   * with the memory as it was before, and the error appears when it imports that part.
   */
  compile({ executed, bundled }: RealmProgram): boolean {
    const modules = [...Object.entries(bundled), ['bot', executed] as const];
    const isCompiled = ([name, source]: readonly [string, string]) =>
      !this.vm.evalCode(source, name, { type: 'module', compileOnly: true }).error;
    const areCompiled = modules.every(isCompiled);
    this.engine.memory.eraseStack();
    return areCompiled && !this.engine.memory.hasGrown;
  }

  /** The memory as it is now. */
  image(): EngineImage {
    return EngineImage.of(this.engine.memory);
  }

  /** Sets the memory to zero. It can then only be restored. */
  erase(): void {
    erase(this.engine.memory);
  }

  /** Makes the erased memory that of an image of this realm. */
  restore(image: EngineImage): void {
    image.restore(this.engine.memory);
    this.rejections.forget();
    this.run = undefined;
  }

  /** Whether the memory can be restored for another hook: the engine has not crashed, and its memory has not grown. */
  get isReusable(): boolean {
    const { stackPointer, memory } = this.engine;
    return stackPointer.value === this.emptyStack && !memory.hasGrown && !this.run?.deadline.wasHit;
  }

  get memory() {
    return this.engine.memory;
  }

  begin(run: RealmRun) {
    this.run = run;
    this.call('starter');
  }

  settle(answer: string) {
    this.call('settler', this.vm.newString(answer));
  }

  /** Fires the next timer; false if there is none that the hook waits for. */
  tick(): boolean {
    return this.call('ticker');
  }

  /** Fails the run if a promise was rejected and has no handler by now. */
  reportUnhandled() {
    const { vm, run } = this;
    if (!run || this.rejections.isEmpty) return;
    this.call('teller', this.rejections.reason(vm) ?? vm.undefined);
    if (!run.host.hasFailed) run.host.answer('failed', NO_DESCRIPTION);
  }

  private answer(operation: QuickJSHandle, request: QuickJSHandle, lent: QuickJSHandle | undefined): QuickJSHandle {
    const { vm, run } = this;
    const name = vm.getString(operation);
    if (lent) this.lent.set(name, lent.dup());
    return lent || !run ? vm.undefined : vm.newString(run.host.answer(name, vm.getString(request)));
  }

  private sourceOf(name: string): string | { error: Error } {
    const { run } = this;
    if (!run) return { error: new Error('no hook is running') };
    if (name === 'bot') return run.program.executed;
    if (Object.hasOwn(run.program.bundled, name)) return run.program.bundled[name] as string;
    return { error: run.host.refuseModule(name) };
  }

  /** Calls a function of the kit and then runs all pending jobs. Returns whether the function returned true. */
  private call(name: string, ...values: QuickJSHandle[]): boolean {
    const { vm, lent } = this;
    const receiver = lent.get(name);
    const called = receiver && vm.callFunction(receiver, vm.undefined, ...values);
    this.runJobs();
    return called !== undefined && !called.error && vm.eq(called.value, vm.true);
  }

  private runJobs() {
    while (this.runtime.hasPendingJob() && !this.run?.deadline.isOver()) {
      // In batches: the clock is read between them, because short jobs may not reach the interrupt handler.
      this.runtime.executePendingJobs(1_000);
    }
  }
}

/** The description of a thrown value if there is no memory to inspect it. */
const NO_DESCRIPTION = JSON.stringify({ text: 'null' });
