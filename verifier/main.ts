import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FormatError } from './encoding/json.js';
import { nodeMeans } from './node-means.js';
import { describe } from './printing.js';
import { Progress } from './progress.js';
import { REASONS } from './report/claim.js';
import { type VerifyOptions, verify } from './verify.js';

interface Flags {
  readonly key: string[];
  readonly policy?: string;
  readonly checkpoint?: string;
  readonly accept: string[];
  readonly trustRuntime: string[];
  readonly replay: boolean;
  readonly facts?: true;
}

const several = (value: string, before: string[] = []) => [...before, value];

const program = new Command('parley-verify')
  .description('Checks the exported history of a Parley channel offline.')
  .argument('<file>', 'a bundle: <channel>.parley.json.gz')
  .option('--key <vkey>', 'a verifier key of the server that you trust; may be given several times', several, [])
  .option('--policy <file>', 'a C2SP policy: the logs and witnesses that you trust')
  .option('--checkpoint <file>', 'a checkpoint of the channel that you kept')
  .addOption(
    new Option('--accept <reason>', `take it that something was not checked: ${REASONS.join(', ')}`)
      .argParser((reason, before: string[]) => several(knownReason(reason), before))
      .default([]),
  )
  .option('--trust-runtime <hash>', 'a kit, package or root file system that no release published', several, [])
  .option('--no-replay', 'do not repeat the runs of bots')
  .option('--facts', 'print the result as JSON')
  .action(run);

/** Not a verdict: the command was not used as it is meant to be. */
const USAGE = 2;

async function run(file: string, flags: Flags) {
  const progress = new Progress(process.stderr);
  const means = nodeMeans((done, all) => progress.show(done, all));
  try {
    const options: VerifyOptions = {
      keys: flags.key,
      accept: flags.accept,
      trustedRuntimes: flags.trustRuntime,
      skipsReplay: !flags.replay,
      ...(flags.policy !== undefined && { policy: readFileSync(flags.policy, 'utf8') }),
      ...(flags.checkpoint !== undefined && { checkpoint: readFileSync(flags.checkpoint, 'utf8') }),
    };
    const report = await verify(readFileSync(file), options, means);
    progress.clear();
    console.log(flags.facts ? JSON.stringify(report, null, 2) : describe(report));
    process.exitCode = report.exitCode;
  } catch (error) {
    progress.clear();
    if (!(error instanceof FormatError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    console.error((error as Error).message);
    process.exitCode = USAGE;
  } finally {
    // The container of the last bot waits for another hook.
    await means.containers[Symbol.asyncDispose]();
  }
}

function knownReason(reason: string): string {
  if ((REASONS as readonly string[]).includes(reason)) return reason;
  throw new InvalidArgumentError(`The reasons are ${REASONS.join(', ')}.`);
}

program.exitOverride();
try {
  await program.parseAsync();
} catch (error) {
  const { exitCode } = error as { exitCode?: number };
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode === 0 ? 0 : USAGE;
}
