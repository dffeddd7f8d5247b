// npm starts a script through a shell and hands on few signals: when npm is killed, what it started goes on. The server of
// `npm start` asks now and then whether its npm is still there, and stops when it is not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ASKED_EVERY_MS = 500;

/** Does nothing where this was not started by `npm start`: what another program leaves behind may be meant to stay. */
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

/** The parent of a process; undefined where it is gone, or cannot be asked for. */
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
