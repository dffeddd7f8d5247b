import { readFile } from 'node:fs/promises';
import { FormatError } from '../../verifier/encoding/json.js';
import { type Comparison, compared } from '../compare/comparison.js';
import { type History, readHistory, signersOfBoth } from '../compare/history.js';
import { usage } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';
import { visible } from '../terminal/visible.js';

/** The same exit codes as those of `parley-verify` (docs/verifying.md): 5 is PARTIAL, 30 DIVERGED, 40 INVALID. */
const EXIT = { same: 0, continues: 0, undecided: 5, differs: 30, unrelated: 40 } as const;
const INVALID = 40;

/** Sets two bundles or checkpoints of one channel against each other. Needs no server. */
export async function compare({ out }: CliSession, a: string, b: string) {
  try {
    const [one, other] = [await historyIn(a), await historyIn(b)];
    const signers = signersOfBoth(one, other);
    const comparison = compared(one, other);
    const facts = { ...comparison, sizes: [one, other].map(({ checkpoint }) => checkpoint.size), signed_by: signers };
    out.answer(facts, () => wordsOf(comparison, signers).map(visible));
    process.exitCode = EXIT[comparison.result];
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    out.answer({ result: 'invalid', reason: error.message }, () =>
      visible(`One of the files does not hold: ${error.message}.`),
    );
    process.exitCode = INVALID;
  }
}

async function historyIn(file: string): Promise<History> {
  const bytes = await readFile(file).catch(() => {
    throw usage(`The file ${visible(file)} cannot be read.`);
  });
  try {
    return await readHistory(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${file}: ${error.message}`);
    throw error;
  }
}

function wordsOf({ result, size, entry }: Comparison, signers: readonly string[]): string[] {
  switch (result) {
    case 'same':
      return [`Both have the same ${size} entries.`];
    case 'continues':
      return [`One continues the other: the first ${size} entries are the same.`];
    case 'undecided':
      return [`This cannot be decided: give a bundle for the longer one, so that its first ${size} entries are known.`];
    case 'unrelated':
      return ['The files are about two different logs.'];
    case 'differs': {
      const where =
        entry === undefined ? `One of the first ${size} entries differs.` : `The first entry that differs is ${entry}.`;
      const proof = signers.map((key) => `${key} has signed both: keep the files, they prove it.`);
      return ['These are two histories of one channel.', where, ...proof];
    }
  }
}
