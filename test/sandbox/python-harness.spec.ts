import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BYPASSES } from './python-bypasses.js';
import { bodies, describeWithPython, PythonHarness, python } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  test('Two sandboxes give the same bytes for the same input', async () => {
    const source =
      'import email.utils, random, secrets, time\n' +
      'class Thing: pass\n' +
      'class Bot:\n    def on_init(self):\n' +
      '        words = {"alpha", "beta", "gamma", "delta", "epsilon"}\n' +
      '        things = [Thing() for _ in range(20)]\n' +
      '        self.ctx.post("bot", {"words": list(words), "hash": hash("a") % 1000, "ids": [id(t) for t in things],\n' +
      '            "id": email.utils.make_msgid(), "token": secrets.token_urlsafe(9), "order": random.sample(range(50), 5)})\n' +
      '        print(random.random(), time.time())\n';
    const run = async () => {
      await using fresh = await PythonHarness.start();
      await fresh.bind(source);
      return JSON.stringify({ ...(await fresh.hook()), told: undefined, ms: 0 });
    };

    const first = await run();

    expect(await run()).toBe(first);
    expect(first).toContain('"outcome":"ok"');
  });

  test('No attribute chain from the objects of a bot leads to a module, a frame, code or a real clock', () => {
    const found = python(readFileSync(join('test', 'sandbox', 'python-reach.py'), 'utf8'));

    expect(found).toEqual({ ways: [], hasLooked: true });
  });

  describe('A bot cannot escape', () => {
    test.each(BYPASSES)('by %s', async (_, body) => {
      const { error, it } = await harness.init(body);

      expect(it).toBeUndefined();
      expect(['BOT_THREW', 'MODULE_NOT_ALLOWED', 'FETCH_BLOCKED']).toContain(error?.code);
      expect(error?.detail).not.toMatch(/^(NameError(?!: name 'eval')|IndentationError|UnboundLocalError)/);
    });
  });

  describe('After a hook', () => {
    test('the audit hook depends on nothing that a bot could change: no global, no builtin, nothing mutable', () => {
      const found = python(
        `import dis, json, guard_audit
watch = guard_audit._watcher('/workspace', ('/encodings', '/zones'), '/bundle', {'__builtins__': {}}, frozenset())
looked_up = sorted({line.argval for line in dis.get_instructions(watch) if line.opname in ('LOAD_GLOBAL', 'LOAD_NAME')})
mutable = [name for name, cell in zip(watch.__code__.co_freevars, watch.__closure__) if isinstance(cell.cell_contents, (list, dict, set)) and name != 'names']
print(json.dumps([looked_up, mutable]))`,
      );

      expect(found).toEqual([[], []]);
    });

    test('the kernel refuses the process of a hook everything that would outlive it, even without the guards of the language', () => {
      const found = python(
        `import ctypes, json, kernel, mmap, os, resource, signal, socket
confine = kernel.confinement()
confine()
def tried(act):
    try: return str(act() or 'done')
    except OSError as error: return error.errno
acts = [os.fork, lambda: os.execv('/bin/true', ['true']), lambda: os.kill(os.getppid(), 0), lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9)),
    lambda: os.sched_setaffinity(os.getppid(), {0}), lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19), lambda: os.symlink('/proc', '/tmp/parley-link'), lambda: os.memfd_create('x'),
    lambda: socket.socket(socket.AF_UNIX), lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), lambda: socket.socket().bind(('127.0.0.1', 0)), os.setsid]
print(json.dumps([tried(act) for act in acts]))`,
      );

      expect(found).toEqual(Array(12).fill(1));
    });

    test('the workspace is empty and nothing of the last hook is visible', async () => {
      await harness.bind(
        'import json\nseen = []\nclass Bot:\n    def on_init(self):\n        seen.append(1); json.mine = 1; f = open("kept.txt", "a+"); f.seek(0)\n' +
          '        self.ctx.post("bot", {"seen": len(seen), "file": f.read()}); f.write("x"); f.flush()\n',
      );

      const first = await harness.hook();
      const second = await harness.hook();

      expect(first.is_clean && second.is_clean).toBe(true);
      expect(bodies(second.effects)).toEqual([{ seen: 1, file: '' }]);
    });

    test('a process that outlived it is ended and reported, and links in the workspace are not followed', () => {
      const found = python(
        `import json, os, tempfile, time, kernel
from cleanup import end_strangers, wipe
outside, workspace = tempfile.mkdtemp(), tempfile.mkdtemp()
open(outside + '/kept', 'w').close()
os.symlink(outside, workspace + '/link'); os.mkfifo(workspace + '/fifo')
os.makedirs(workspace + '/a/b'); os.chmod(workspace + '/a', 0)
def sleeper():
    pid = os.fork()
    if pid == 0: time.sleep(60)
    return pid
if os.fork() == 0:
    sleeper()
    os._exit(0)
zygotes = [sleeper()]
found = [end_strangers(zygotes[0])]
zygotes.append(sleeper())
found += [end_strangers(zygotes[1]), os.waitpid(zygotes[1], os.WNOHANG)[0], end_strangers(None)]
print(json.dumps([*found, wipe(workspace), os.listdir(workspace), os.listdir(outside)]))`,
      );

      expect(found).toEqual([true, false, 0, true, true, [], ['kept']]);
    });
  });
});
