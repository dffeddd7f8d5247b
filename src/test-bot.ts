// Runs a script against a bot in a sandbox on this machine, without a server. `parley test` starts it: it reads an
// order as JSON from standard input and writes each event as one line of JSON to standard output.
import { readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Bundle } from '../bot-sdk/bundle.js';
import { BundleError, withLine } from '../bot-sdk/bundle-error.js';
import type { JsonObject, Language, RunError } from '../bot-sdk/contract.js';
import { ManifestError } from '../bot-sdk/manifest-fields.js';
import { checkParams, ParamsError } from '../bot-sdk/params.js';
import { play } from '../bot-sdk/play.js';
import { readPlayable } from '../bot-sdk/playable.js';
import { NoTimerError, type ScriptStep } from '../bot-sdk/table.js';
import { NO_WEB } from '../bot-sdk/web.js';
import { type BotRefusal, botRefusalOf } from './bots/code/bot-refusal.js';
import { runTrial } from './bots/trials/run-trial.js';
import { warningsOf } from './bots/trials/trial-report.js';
import { lineIn, lineOfImport, unfitCodeError } from './bots/trials/unfit-code-error.js';
import { inBackground } from './kernel/background.js';
import { DomainError, toProblem } from './kernel/errors.js';
import { ConfigError, readConfig } from './platform/config/config.js';
import { projectPath } from './platform/config/project.js';
import { createLog } from './platform/observability/logging.js';
import { makeTestFolder } from './runtime/docker/abandoned-tests.js';
import { EmbeddedRunner } from './runtime/embedded/embedded-runner.js';
import { openDocker } from './runtime/open-docker.js';
import {
  type Executable,
  type NetworkAccess,
  NO_NETWORK,
  NO_PRIORITY,
  needsProcess,
  type Runner,
  UNAVAILABLE_CODES,
} from './runtime/runner.js';

interface Order {
  /** A file with a bot, or a folder with one. */
  readonly path: string;
  /** The file of its manifest, if it is not next to the bot. */
  readonly manifest?: string;
  readonly language?: Language;
  readonly script: ScriptStep[];
  readonly params?: JsonObject;
  readonly env?: Record<string, string>;
  readonly seed?: string;
  readonly sandbox?: 'docker' | 'embedded';
}

const tell = (report: object) => process.stdout.write(`${JSON.stringify(report)}\n`);

/** The label of the containers of this process, so that it never removes those of a running server. */
const folder = makeTestFolder();
let runner: Runner | undefined;
const stop = () =>
  inBackground(
    'stopping',
    end().then(() => process.exit(1)),
  );
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
process.stdout.on('error', stop);

try {
  await playOrder(JSON.parse(await text(process.stdin)) as Order);
} catch (error) {
  tell({ type: 'refused', ...refusalOf(error) });
} finally {
  await end();
}

async function end() {
  await runner?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function playOrder({ path, manifest: file, language, script, sandbox, ...setting }: Order) {
  const playable = await readPlayable(path, {
    language,
    ...(file && { manifest: JSON.parse(readFileSync(file, 'utf8')) }),
  });
  const { bundle, manifest } = playable;
  const { modules, network } = manifest.permissions;
  const executable: Executable = { ...bundle, modules, needsProcess: needsProcess(bundle, modules) };
  const openedRunner = await openRunner(sandbox);
  runner = openedRunner.runner;
  const { name, version } = manifest;
  const params = checkParams(manifest.params, setting.params ?? {});
  const lack = runner.lacks(executable);
  // Its result is not stored, so the hash is used only for the random stream.
  const code = { runner, executable, bundleHash: bundle.codeHash };
  const trial = lack ? undefined : await runTrial({ code, manifest, params }, NO_PRIORITY);
  const fault = lack ?? (trial?.outcome === 'failed' ? trial.error : undefined);
  const trialHooks = trial?.outcome === 'found' ? trial.found : undefined;
  const hooks = trialHooks?.hooks ?? manifest.hooks;
  const engine = runner.engineOf(bundle.language);
  const where = { runner: runner.name, engine, missing: openedRunner.missing };
  const findings = { hooks, warnings: trialHooks ? warningsOf(trialHooks) : [] };
  tell({ type: 'bot', name, version, language: bundle.language, ...findings, source: bundle.source, ...where });
  if (fault)
    return tell({
      type: 'refused',
      ...faultWords(fault, bundle),
      ...(openedRunner.missing && { missing: openedRunner.missing }),
    });
  const way: NetworkAccess = { ...NO_NETWORK, isOpen: network.length > 0, ask: NO_WEB };
  const { timers, state } = await play(playable, script, {
    ...setting,
    run: async (input, limits) => {
      const result = await openedRunner.runner.run(executable, input, limits, way);
      const { error } = result;
      const shown = { ...result, ...(error && { error: placed(error, bundle) }) };
      tell({ type: 'hook', call: input.call, isHeard: hooks.includes(input.call.hook), ...shown });
      return result;
    },
  });
  tell({ type: 'end', timers, state });
}

/** The error in the words of the server when it refuses to attach such a bot. */
function faultWords(fault: RunError, bundle: Bundle) {
  return UNAVAILABLE_CODES.has(fault.code) ? fault : problemWords(unfitCodeError(fault, bundle));
}

/** Adds the line of an import that was executed at run time. */
function placed(error: RunError, bundle: Bundle): RunError {
  if (error.code !== 'MODULE_NOT_ALLOWED' || lineIn(error.detail) !== undefined) return error;
  return { ...error, detail: withLine(error.detail, lineOfImport(error, bundle)) };
}

function problemWords(error: DomainError) {
  const { code, title, detail = '' } = toProblem(error);
  return { code, title, detail, ...error.facts };
}

async function openRunner(sandbox: Order['sandbox']): Promise<{ runner: Runner; missing?: string }> {
  const env = { ...process.env, DATA_DIR: folder, ...(sandbox && { SANDBOX: sandbox }) };
  const { docker, missing } = await openDocker(readConfig(env, projectPath('.env')), createLog('silent'));
  return docker ? { runner: docker } : { runner: new EmbeddedRunner(1), missing };
}

/** Why the bot cannot be played. The text is ours, but may quote the bot. */
function refusalOf(error: unknown) {
  if (error instanceof BundleError) {
    const { code, detail, facts } = botRefusalOf(error) as BotRefusal;
    return problemWords(new DomainError(code, detail, facts));
  }
  if (error instanceof ManifestError) return { code: 'MANIFEST', detail: error.message };
  if (error instanceof ParamsError) return { code: 'PARAMS', detail: error.message };
  if (error instanceof ConfigError) return { code: 'SETTINGS', detail: error.message };
  if (error instanceof NoTimerError) return { code: 'SCRIPT', detail: error.message };
  if (error instanceof SyntaxError) return { code: 'MANIFEST', detail: `it is no JSON: ${error.message}` };
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return { code: 'FILE', detail: `a file cannot be read (${code})` };
  throw error;
}
