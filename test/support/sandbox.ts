import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

// A suite decides while it is being read, when nothing can be awaited.
const PING = `
  setTimeout(() => process.exit(1), 2000);
  new (require('dockerode'))().ping().then(() => process.exit(0), () => process.exit(1));
`;
let answers: boolean | undefined;

/**
 * `describe` where a container engine answers, `describe.skip` where none does. Under `CI=true` nothing is skipped: there the
 * tests run, and fail where the engine is missing.
 */
export const describeWithDocker: typeof describe.skip = isRequired() ? describe : describe.skip;

/** Whether a container engine answers, at DOCKER_HOST or at its usual socket. */
export function dockerAnswers(): boolean {
  answers ??= spawnSync(process.execPath, ['-e', PING], { timeout: 5_000 }).status === 0;
  return answers;
}

function isRequired(): boolean {
  if (process.env.CI === 'true' || dockerAnswers()) return true;
  console.warn('Skipped: no container engine answers.');
  return false;
}
