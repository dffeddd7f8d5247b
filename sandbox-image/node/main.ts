import { HookProcess } from './hook-process.js';
import { Sandbox } from './sandbox.js';

/** The sandbox itself, process 1 of its container; or, with the argument `hook`, a process for one hook of it. */
if (process.argv[2] === 'hook') new HookProcess();
else new Sandbox();

// A promise that a bot forgot must not end the process of the next hook.
process.on('unhandledRejection', () => {});
