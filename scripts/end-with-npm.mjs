// Stops the server of `npm start` when its npm process has ended. npm starts a script through a shell and forwards few
// signals, so a killed npm would leave the server running.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ASKED_EVERY_MS = 500;

/** Does nothing unless this was started by `npm start`: other programs may start a server that should continue. */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, ASKED_EVERY_MS);
  timer.unref();
}

/** The parent of a process; undefined if it has ended or is unknown. */
function parentOf(pid) {
  try {
    if (process.platform === 'linux')
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]);
    if (process.platform === 'win32') return undefined;
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', `${pid}`], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
