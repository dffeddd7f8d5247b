import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Door, Person } from './doors.js';
import type { RunningServer } from './server.js';

const ADMIN = resolve('dist/src/admin.js');

/** What the operator's command answers for the data folder of a server, whether that runs or not. */
export async function adminCommand({ dataDir }: Pick<RunningServer, 'dataDir'>, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, [ADMIN, ...args], { cwd: dataDir, env });
  return stdout.trim();
}

/** Somebody who decides about code, at one of the doors. */
export async function openAdmin(server: RunningServer, door: Door): Promise<Person> {
  return door(server, 'admin', await adminCommand(server, 'token'));
}
