import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = /^parley-test-(\d+)-\w+$/;
const LABEL = /^[0-9a-f]{16}\n$/;

/** Creates a temporary folder for this process, in which a test of a bot stores the label of its containers. */
export const makeTestFolder = () => mkdtempSync(join(tmpdir(), `parley-test-${process.pid}-`));

/** The remains of a `parley test` whose process was killed. */
export interface AbandonedTest {
  readonly folder: string;
  /** The label of its containers; undefined if there are none yet. */
  readonly label?: string;
}

/** The tests of this user whose process has ended. */
export function abandonedTests(): AbandonedTest[] {
  return readdirSync(tmpdir()).flatMap((name) => {
    const pid = FOLDER.exec(name)?.[1];
    const folder = join(tmpdir(), name);
    // Any user can create such a folder with the label of another user's containers, so only our own folders count.
    if (!pid || !isOwn(folder) || isAlive(Number(pid))) return [];
    return [{ folder, label: labelIn(folder) }];
  });
}

export const forgetTest = ({ folder }: AbandonedTest) => rmSync(folder, { recursive: true, force: true });

function isOwn(folder: string): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function labelIn(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'sandbox-label'), 'utf8');
    return LABEL.test(text) ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}
