import type { QuickJSContext, QuickJSRuntime } from 'quickjs-emscripten-core';
import { Chance } from './chance.js';
import type { HookInput, RunError, RunLimits, RunResult } from './contract.js';
import { type CpuClock, type Deadline, startDeadline } from './deadline.js';
import { freshEngine } from './engine.js';
import { KIT, MODULES } from './kit.js';
import { Ledger } from './ledger.js';
import { type Failure, OUT_OF_STACK, RealmHost } from './realm-host.js';

/**
 * Runs one hook of a bundle in an engine of its own and says what it did. It never throws for what the bot does, and two
 * runs of the same input differ in `ms` only, unless they were stopped from outside.
 */
export async function runHook(
  executed: string,
  input: HookInput,
  limits: RunLimits,
  cpu?: CpuClock,
): Promise<RunResult> {
  const { quickjs, memory } = await freshEngine(limits.memoryMb);
  const started = performance.now();
  const host = new RealmHost(input, limits, new Ledger(input, limits), new Chance(input.key), {
    ranOutOfMemory: () => memory.ranOutOfMemory(),
    ranOutOfStack: () => memory.ranOutOfStack(limits.stackKb),
  });
  const deadline = startDeadline(limits, cpu);
  const failure = execute(quickjs.newRuntime(), executed, host, limits, deadline);
  return resultOf(host.ledger, failure, Math.round(performance.now() - started));
}

function execute(
  runtime: QuickJSRuntime,
  executed: string,
  host: RealmHost,
  limits: RunLimits,
  deadline: Deadline,
): Failure | undefined {
  runtime.setMaxStackSize(limits.stackKb * 1024);
  runtime.setInterruptHandler(() => deadline.isOver());
  runtime.setModuleLoader(
    (name) => (name === 'bot' ? executed : { error: host.refuseModule(name) }),
    (_, requested) => requested,
  );
  // The engine is thrown away with everything in it, so nothing here is disposed of: after a trap it could not be.
  try {
    evaluate(runtime.newContext(), host);
    if (!deadline.wasHit) runJobs(runtime, deadline);
  } catch (error) {
    return trapped(error, deadline);
  }
  if (deadline.wasHit) return { code: 'TIMEOUT', text: 'the hook took too long' };
  return host.outcome();
}

function evaluate(vm: QuickJSContext, host: RealmHost) {
  const call = vm.newFunction('parley', (operation, request) =>
    vm.newString(host.answer(vm.getString(operation), vm.getString(request))),
  );
  vm.setProp(vm.global, 'parley', call);
  const evaluated = vm.evalCode(KIT, MODULES[0], { type: 'module' });
  if (evaluated.error) host.answer('failed', JSON.stringify({ text: vm.getString(evaluated.error), engine: true }));
}

function runJobs(runtime: QuickJSRuntime, deadline: Deadline) {
  while (runtime.hasPendingJob() && !deadline.isOver()) {
    // In portions: between two of them the clock is read, even if no job is long enough for the interrupt handler.
    runtime.executePendingJobs(1_000);
  }
}

function trapped(error: unknown, deadline: Deadline): Failure {
  if (deadline.wasHit) return { code: 'TIMEOUT', text: 'the hook took too long' };
  // The machine's own stack ended before the engine noticed.
  if (error instanceof RangeError) return OUT_OF_STACK;
  return { code: 'RUNNER_CRASHED', text: 'the engine stopped' };
}

function resultOf(ledger: Ledger, failure: Failure | undefined, ms: number): RunResult {
  const { effects, logs, version, state } = ledger;
  if (failure) return { outcome: outcomeOf(failure), error: errorOf(failure), effects: [], logs, ms };
  return { outcome: 'ok', effects, ...(ledger.isSaved ? { state: { value: state, version } } : {}), logs, ms };
}

function outcomeOf({ code }: Failure) {
  if (code === 'TIMEOUT') return 'timed_out';
  return code === 'MEMORY_LIMIT' || code === 'STACK_OVERFLOW' || code === 'RUNNER_CRASHED' ? 'killed' : 'threw';
}

function errorOf({ code, text, module }: Failure): RunError {
  return {
    code,
    detail: text.slice(0, 500).replace(/\p{Surrogate}/gu, '\ufffd'),
    ...(module === undefined ? {} : { module, allowed: MODULES }),
  };
}
