import { Chance } from './chance.js';
import type { HookInput, RunLimits, RunResult } from './contract.js';
import { type CpuClock, type CpuDeadline, startDeadline } from './deadline.js';
import { KIT, TRIAL_KIT } from './kit.js';
import { Ledger } from './ledger.js';
import { NPM_MODULES, SDK_MODULE } from './modules.js';
import type { PreparedRealm, RealmProgram, RealmRun } from './prepared-realm.js';
import { OUT_OF_STACK, type RealmFailure, RealmHost } from './realm-host.js';
import { freshRealm, type Realms } from './realms.js';
import { resultOf } from './run-result.js';
import { NO_WEB, type Web } from './web.js';
import { WebDesk } from './web-desk.js';

/**
 * Runs one hook of a bundle in a realm of its own and returns its result. It never throws because of the bot. Two runs
 * with the same input and network answers differ only in `ms`, unless a limit stopped one of them. `realms` may be given
 * to several runs, one after another, which makes all but the first faster.
 */
export async function runHook(
  program: RealmProgram,
  input: HookInput,
  limits: RunLimits,
  { web = NO_WEB, cpu, realms, kit: text = KIT }: RunMeans = {},
): Promise<RunResult> {
  const kit = input.trial ? TRIAL_KIT : text;
  const realm = await (realms ? realms.take(kit, program, limits) : freshRealm(kit, program, limits));
  const started = performance.now();
  const desk = new WebDesk(web, limits);
  const host = new RealmHost(input, limits, new Ledger(input, limits), new Chance(input.key), desk, {
    ranOutOfMemory: () => realm.memory.ranOutOfMemory(),
    ranOutOfStack: () => realm.memory.ranOutOfStack(limits.stackKb),
  });
  const deadline = startDeadline(limits, cpu);
  const failure = (await drive(realm, { host, deadline, program }, desk)) ?? host.outcome();
  const result = resultOf(host.ledger, failure, performance.now() - started, EMBEDDED_MODULES, host.hasDrawn);
  return host.found ? { ...result, found: host.found } : result;
}

/** With what a hook is run. */
export interface RunMeans {
  /** Answers its network requests; by default there is no network. */
  readonly web?: Web;
  readonly cpu?: CpuClock;
  readonly realms?: Realms;
  /** The text of the kit around the bot; by default that of this version. */
  readonly kit?: string;
}

/**
 * Runs the realm until everything that its hook has started is finished: first the pending jobs, then network answers
 * in the order of the requests, and if there are none the next timer.
 */
async function drive(realm: PreparedRealm, run: RealmRun, desk: WebDesk): Promise<RealmFailure | undefined> {
  const { host, deadline } = run;
  try {
    realm.begin(run);
    while (!deadline.isOver() && !host.hasFailed) {
      if (desk.isWaiting) {
        const next = await deadline.race(desk.next());
        if (next) realm.settle(JSON.stringify(next));
      } else if (!realm.tick()) break;
    }
    if (!deadline.wasHit && !host.hasFailed) realm.reportUnhandled();
  } catch (error) {
    return trapped(error, deadline, host);
  }
  return deadline.wasHit ? host.late : undefined;
}

/** The modules that a bot can import without Node and Python. */
const EMBEDDED_MODULES = [SDK_MODULE, ...NPM_MODULES];

function trapped(error: unknown, deadline: CpuDeadline, host: RealmHost): RealmFailure {
  if (deadline.wasHit) return host.late;
  // The native stack overflowed before the engine noticed.
  if (error instanceof RangeError) return OUT_OF_STACK;
  return { code: 'RUNNER_CRASHED', text: 'the engine stopped' };
}
