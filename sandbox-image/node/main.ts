import { HookProcess } from './hook-process.js';
import { HookServer } from './hook-server.js';

/** The entry point of the sandbox: process 1 of its container or, with the argument `hook`, the process of one hook. */
if (process.argv[2] === 'hook') new HookProcess();
else new HookServer();
