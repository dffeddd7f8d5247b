import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Executable, NO_NETWORK } from '../../../src/runtime/runner.js';
import { DockerArena, INPUT, javascript, PATIENT, posted, python } from '../../support/arena.js';
import { printedBeside } from '../../support/break-in.js';
import { eventually } from '../../support/rooms.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { PROBE_KIT } from './probes.js';

const BOTS = [
  ['javascript', javascript(`ctx.post('bot', 'still here')`)],
  ['javascript with modules', javascript(`ctx.post('bot', 'still here')`, { modules: ['node:crypto'] })],
  ['python', python(`it = 'still here'`)],
] as const;

/** What somebody with the bot's user and Python as it is does to the harness of that bot. */
const ASSAULTS: [name: string, python: string, found: unknown][] = [
  [
    'reads its memory',
    `[probe(lambda: read('/proc/1/mem')), probe(lambda: read('/proc/1/maps'))]`,
    ['EACCES', 'EACCES'],
  ],
  ['writes its memory', `probe(lambda: open('/proc/1/mem', 'r+b').write(b'x'))`, 'EACCES'],
  ['reads its environment', `probe(lambda: read('/proc/1/environ'))`, 'EACCES'],
  [
    'looks at its files',
    `[probe(lambda: os.listdir('/proc/1/fd')), probe(lambda: os.readlink('/proc/1/cwd')), probe(lambda: os.readlink('/proc/1/exe'))]`,
    ['EACCES', 'EACCES', 'EACCES'],
  ],
  ['writes frames to its output', `probe(lambda: os.open('/proc/1/fd/1', os.O_WRONLY))`, 'EACCES'],
  ['reads what it is told', `probe(lambda: os.open('/proc/1/fd/0', os.O_RDONLY))`, 'EACCES'],
  [
    'traces it',
    `[call('ptrace', 16, 1, 0, 0), call('ptrace', 0x4206, 1, 0, 0), call('process_vm_readv', 1, 0, 0, 0, 0, 0)]`,
    ['EPERM', 'EPERM', 'EPERM'],
  ],
  [
    'reads the interpreter to copy it',
    `[probe(lambda: read('/usr/local/bin/node')), probe(lambda: read(sys.executable))]`,
    ['EACCES', 'EACCES'],
  ],
  [
    'ends, stops and disturbs it',
    `[os.kill(1, number) for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT, signal.SIGTSTP)] and 'sent'`,
    'sent',
  ],
  [
    'opens its inspector',
    `[os.kill(1, signal.SIGUSR1), time.sleep(0.3), probe(lambda: connect('127.0.0.1', 9229))][2]`,
    'ECONNREFUSED',
  ],
];

const FULL = `
for _ in range(100):
    try:
        if os.fork() == 0: time.sleep(600)
    except OSError: break
`;

describeWithDocker('A process that escaped from its realm', () => {
  let arena: DockerArena;
  beforeEach(async () => {
    arena = await DockerArena.open({ pool: 0 });
  });
  afterEach(() => arena[Symbol.asyncDispose]());

  const run = (bot: Executable) => arena.runner.run(bot, INPUT, PATIENT, NO_NETWORK);
  /** What the script finds in the container that the bot has now. */
  const beside = async (bot: Executable, script: string) => {
    await run(bot);
    const [container, ...others] = await arena.containers();
    expect(others).toEqual([]);
    return printedBeside(arena.host, container!.Id, `${PROBE_KIT}\n${script}`);
  };

  describe.each(BOTS)('in the container of %s', (_, bot) => {
    test('cannot access the harness, and the bot continues', async () => {
      const acts = ASSAULTS.map(([name, act]) => `found[${JSON.stringify(name)}] = ${act}`);

      const found = await beside(bot, `found = {}\n${acts.join('\n')}\nprint(json.dumps(found))`);

      expect(JSON.parse(found)).toEqual(Object.fromEntries(ASSAULTS.map(([name, , expected]) => [name, expected])));
      expect(posted(await run(bot))).toEqual(['still here']);
    });

    test.each([
      ['interrupts it', 'os.kill(1, signal.SIGINT)'],
      ['ends all it can', 'os.kill(-1, signal.SIGKILL)'],
      ['leaves no room for a process', FULL],
      ['leaves no room for memory', 'for _ in range(2):\n    if os.fork() == 0: remembered(1 << 22, 1 << 30)'],
      ['leaves no room in the workspace', `print(open('/workspace/full', 'wb').write(bytes(90 << 20)))`],
    ])('%s, which at most ends the run and its container', async (_, script) => {
      await beside(bot, script);

      await run(bot);
      const next = await run(bot);

      expect(posted(next)).toEqual(['still here']);
      // The one it had is still on its way out.
      await eventually(async () => (await arena.containers()).length === 1);
    });
  });

  test.each(BOTS.slice(1))('is ended with its container, for %s', async (_, bot) => {
    await beside(bot, 'if os.fork() == 0: time.sleep(600)');
    const [before] = await arena.containers();

    const noticing = await run(bot);
    const next = await run(bot);

    expect([noticing, next].map(posted)).toEqual([['still here'], ['still here']]);
    const [after] = await eventually(async () => {
      const left = await arena.containers();
      return left.length === 1 && left;
    });
    expect(after?.Id).not.toBe(before!.Id);
  });

  test('cannot make this machine store anything', async () => {
    await run(BOTS[0][1]);

    const [{ Id } = { Id: '' }] = await arena.containers();
    const { HostConfig, Mounts } = await arena.host.engine.docker.getContainer(Id).inspect();

    expect(HostConfig.LogConfig?.Type).toBe('none');
    expect(Mounts).toEqual([]);
  });
});
