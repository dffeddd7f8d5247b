import { alone, type Bot, type Probe, pythonProbes, scriptProbes } from './probing-bots.js';

const THINGS = `class Thing: pass
def work(): pass
many = [Thing() for _ in range(40)]
made = [type('' if False else many[0]), Thing, work, len, None, NotImplemented, Ellipsis, int, print, random.random, ctx, ctx.post]`;

const PYTHON: Probe[] = [
  [
    'the order of things in sets',
    `${THINGS}
ctx.post('bot', {'sets': [many.index(it) for it in set(many)], 'made': [made.index(it) for it in set(made)], 'frozen': [many.index(it) for it in frozenset(many)]})
class Other: pass
functions = [lambda i=i: i for i in range(30)]
classes = {Other, Thing, *[type(error) for error in (ValueError(), KeyError(), OSError())]}
ctx.post('bot', {'functions': [f() for f in set(functions)], 'classes': [c.__name__ for c in classes], 'methods': [m() for m in {it.__str__ for it in [1, 2.5, 'x', b'y']}]})`,
    'import random',
  ],
  [
    'addresses',
    `${THINGS}
ctx.post('bot', {'repr': [repr(it) for it in [*many[:5], *made]], 'hash': [hash(it) for it in [*many[:5], *made]], 'id': [id(it) for it in [*many[:5], *made]]})
ctx.post('bot', {'str': [str(ctx), f'{ctx!r}', '%r' % (ctx,), str(iter([])), str(x for x in []), repr(weakref.ref(many[0])), repr(object()), str(super)]})
try: many[0].nothing
except AttributeError as error: ctx.post('bot', {'error': str(error), 'trace': traceback.format_exc()})
def broken(): raise ValueError(work)
try: broken()
except ValueError as error: ctx.post('bot', {'error': repr(error)})
try: raise KeyError(many[3])
except KeyError as error: ctx.post('bot', {'thrown': str(error), 'trace': traceback.format_exc()})`,
    'import random, weakref, traceback',
  ],
  [
    'what is collected and how deep one may go',
    `gone = []
class Ring: pass
for i in range(3000):
    ring = Ring(); ring.me = ring
    weakref.finalize(ring, lambda i=i: gone.append(i))
alive = weakref.WeakValueDictionary()
for i in range(100):
    ring = Ring(); ring.me = ring; alive[i] = ring
depth = [0]
def down():
    depth[0] += 1
    down()
try: down()
except RecursionError as error: ctx.post('bot', {'depth': depth[0], 'error': str(error)})
ctx.post('bot', {'gone': [len(gone), gone[:3], gone[-3:]], 'alive': len(alive), 'size': [sys.getsizeof(it) for it in (ctx, {}, [], set(), down)]})`,
    'import weakref, sys',
  ],
  [
    'files',
    `with open('b', 'w') as f: f.write('x' * 10)
names = []
for name in ('z', 'a', 'm'):
    f = open(name, 'w'); names.append([f.fileno(), repr(f), f.tell(), f.isatty()])
def tried(path):
    try: return repr(open(path, 'rb').read(40))
    except Exception as error: return type(error).__name__
ctx.post('bot', {'files': names, 'elsewhere': [tried(p) for p in ('/proc/uptime', '/proc/self/stat', '/dev/urandom', '/proc/sys/kernel/random/boot_id', '/usr/lib/python3.11/encodings/../../../../proc/uptime', '/usr/lib/python3.11/encodings/../../../../dev/urandom', '/sys/class/net', '/etc/hostname', '/proc/loadavg')]})`,
  ],
  [
    'chance that has other names',
    `it = [ssl.RAND_bytes(4).hex(), str(ssl.RAND_pseudo_bytes(4)), secrets.token_hex(4), random.SystemRandom().random(), random.Random().random(), str(email.utils.make_msgid()), email.generator._make_boundary() if False else '']
message = email.mime.multipart.MIMEMultipart(); message.attach(email.mime.text.MIMEText('a'))
ctx.post('bot', {'it': it, 'mail': message.as_string(), 'form': str(urllib3.filepost.encode_multipart_formdata({'a': 'b'})), 'cookie': str(http.cookies.SimpleCookie('a=b')), 'date': email.utils.formatdate(), 'digest': str(requests.auth.HTTPDigestAuth('a', 'b'))})`,
    'import ssl, secrets, random, email.utils, email.generator, email.mime.multipart, email.mime.text, urllib3.filepost, http.cookies, requests',
  ],
];

/** Every value that can be reached from these by name, three steps deep, and what comes of calling it. */
const inventory = (
  roots: string,
) => `const hash = (text) => { let h = 5381; for (let i = 0; i < text.length; i++) h = (h * 33 ^ text.charCodeAt(i)) >>> 0; return h; };
    const shown = (value) => { try { return typeof value === 'function' ? 'function ' + value.name : typeof value === 'symbol' ? String(value) : JSON.stringify(value) ?? String(value); } catch (error) { return error.name; } };
    const told = {}, known = new Set();
    const walk = (path, value, depth) => {
      told[path] = hash(shown(value));
      if (typeof value === 'function' && !/exit|abort|kill|listen|createServer|request|connect|setMaxListeners/i.test(path)) {
        for (const args of [[], [3], ['a']]) { try { const it = value(...args); if (it instanceof Promise) it.catch(() => {}); told[path] = hash(told[path] + shown(it)); } catch (error) { told[path] = hash(told[path] + String(error && error.message)); } }
      }
      if (depth === 0 || value === null || !['object', 'function'].includes(typeof value) || known.has(value)) return;
      known.add(value);
      for (const name of Object.getOwnPropertyNames(value)) { let next; try { next = value[name]; } catch (error) { told[path + '.' + name] = error.name; continue; } walk(path + '.' + name, next, depth - 1); }
    };
    for (const [name, root] of Object.entries(${roots})) walk(name, root, 2);
    const lines = Object.entries(told);
    for (let i = 0; i < lines.length && i < 24 * 800; i += 800) ctx.post('bot', Object.fromEntries(lines.slice(i, i + 800)));`;

const GLOBALS = `Object.fromEntries(Object.getOwnPropertyNames(globalThis).filter((name) => name !== 'globalThis').map((name) => [name, globalThis[name]]))`;

const SCRIPT: Probe[] = [
  [
    'clocks and places',
    `const zone = typeof Intl === 'undefined' ? null : [Intl.DateTimeFormat().resolvedOptions(), new Intl.NumberFormat().format(1234.5)];
    const clocks = [typeof performance === 'undefined' ? null : [performance.now(), performance.timeOrigin], Date.now(), new Date().getTimezoneOffset(), String(new Date())];
    ctx.post('bot', { zone, clocks, process: typeof process, stack: new Error('x').stack, locale: [0.5.toLocaleString(), ['b', 'a', 'Z', 'é'].sort((a, b) => a.localeCompare(b))] });`,
  ],
  [
    'an atomic wait',
    `let it = null; try { it = Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); } catch (error) { it = error.name; }
    let later = null; try { const answer = Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); later = [answer.async, await Promise.race([answer.value, null])]; } catch (error) { later = error.name; }
    ctx.post('bot', { it, later });`,
  ],
  // Last, because it calls whatever it finds.
  ['everything that is global', inventory(GLOBALS)],
];

/** What only a bot with Node's modules has, which gets a process for each hook. */
const NODE: Probe[] = [
  [
    'files and their times',
    `const plain = (stat) => stat === null ? null : Object.fromEntries(Object.entries(stat).concat(['atime', 'mtime', 'ctime', 'birthtime'].map((name) => [name, stat[name]])).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value instanceof Date ? value.getTime() : value]));
    const tried = async (act) => { try { const it = await act(); return typeof it === 'object' && it !== null && 'ino' in it ? plain(it) : it; } catch (error) { return [error.code ?? error.name, String(error.message)]; } };
    for (const name of ['z', 'a', 'm', 'b', 'y']) fs.writeFileSync(name, name);
    fs.mkdirSync('deep'); fs.writeFileSync('deep/x', 'x');
    const opened = fs.openSync('a', 'r+'); const handle = await promises.open('m', 'r+');
    const found = {
      stat: await tried(() => fs.statSync('a')), big: await tried(() => fs.statSync('a', { bigint: true })), lstat: await tried(() => fs.lstatSync('deep')), fstat: await tried(() => fs.fstatSync(opened)),
      later: await tried(() => promises.stat('b')), byHandle: await tried(() => handle.stat()), called: await tried(() => new Promise((resolve, reject) => fs.stat('a', (error, it) => error ? reject(error) : resolve(it)))),
      space: await tried(() => String(JSON.stringify(fs.statfsSync('/workspace')))), space2: await tried(async () => JSON.stringify(await promises.statfs('.'))),
      order: [fs.readdirSync('.'), await promises.readdir('.'), fs.readdirSync('.', { withFileTypes: true }).map((it) => it.name), fs.readdirSync('.', { recursive: true })],
      dir: await tried(async () => { const all = []; for await (const it of await promises.opendir('.')) all.push(it.name); return all; }), dirSync: await tried(() => { const dir = fs.opendirSync('.'); const all = []; for (let it = dir.readSync(); it; it = dir.readSync()) all.push(it.name); return all; }),
      glob: await tried(() => fs.globSync('*')), temporary: await tried(() => fs.mkdtempSync('t-')), temporary2: await tried(() => promises.mkdtemp('t-')), fd: opened, fd2: handle.fd,
      times: await tried(() => (fs.utimesSync('a', 5, 6), fs.statSync('a'))),
    };
    for (const path of ['/proc/uptime', '/proc/self/stat', '/dev/urandom', '/proc/self/root/proc/uptime', '/workspace/../proc/uptime', '/etc/hostname', '/sys/kernel/random', '/opt/sandbox/../../proc/loadavg']) {
      found[path] = [await tried(() => fs.readFileSync(path, 'latin1').slice(0, 20)), await tried(() => fs.statSync(path)), await tried(() => { fs.symlinkSync(path, 'link'); return fs.readFileSync('link', 'latin1').slice(0, 20); }), await tried(async () => { const f = await promises.open(path); const it = Buffer.alloc(8); await f.read(it, 0, 8); return it.toString('hex'); }),
        await tried(() => { fs.linkSync(path, 'hard'); return fs.readFileSync('hard', 'latin1').slice(0, 20); }), await tried(() => { fs.cpSync(path, 'copy'); return fs.readFileSync('copy', 'latin1').slice(0, 20); })];
    }
    for (const [name, value] of Object.entries(found)) ctx.post('bot', { name, value: value ?? null });`,
    `import fs from 'node:fs'; import promises from 'node:fs/promises'; import { Buffer } from 'node:buffer';`,
  ],
  [
    'chance that has other names in Node',
    `const tried = (act) => { try { const it = act(); return Buffer.isBuffer(it) ? it.toString('hex') : String(it); } catch (error) { return error.code ?? error.name; } };
    ctx.post('bot', { it: [() => crypto.randomBytes(4), () => crypto.randomUUID(), () => crypto.randomInt(1000), () => crypto.webcrypto.getRandomValues(new Uint8Array(4)), () => crypto.generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }), () => crypto.createECDH('secp256k1').generateKeys(), () => crypto.createSign('sha256'), () => crypto.sign(null, Buffer.from('a'), KEY), () => crypto.publicEncrypt(KEY, Buffer.from('a')), () => crypto.diffieHellman({}), () => tls.createSecureContext(), () => crypto.scryptSync('a', 'b', 8), () => crypto.createDiffieHellman(64).getPrime(), () => crypto.generatePrimeSync(32)].map(tried) });`,
    `import crypto from 'node:crypto'; import tls from 'node:tls'; import { Buffer } from 'node:buffer'; const KEY = null;`,
  ],
  [
    'the order of what ends later',
    `const order = []; const note = (name) => () => order.push(name);
    const work = [promises.writeFile('a', 'x'.repeat(100000)).then(note('a')), promises.writeFile('b', 'x').then(note('b')), promises.readdir('.').then(note('dir')), promises.mkdir('c').then(note('c'))];
    fs.writeFile('d', 'y', note('d')); zlib.gzip('z'.repeat(50000), note('gzip')); zlib.gzip('z', note('small')); crypto.pbkdf2('a', 'b', 20000, 8, 'sha256', note('slow')); crypto.pbkdf2('a', 'b', 1, 8, 'sha256', note('fast')); crypto.scrypt('a', 'b', 8, note('scrypt'));
    await Promise.all(work); await new Promise((resolve) => crypto.pbkdf2('a', 'b', 60000, 8, 'sha256', resolve));
    ctx.post('bot', { order });`,
    `import fs from 'node:fs'; import promises from 'node:fs/promises'; import zlib from 'node:zlib'; import crypto from 'node:crypto';`,
  ],
];

/**
 * What of a process could tell where or when it runs: one bot for each kind of process, so that the same hooks serve all
 * probes, and one whose run fails, of which nothing but the error is left.
 */
export const OBSERVABLES: Bot[] = [
  pythonProbes('Python', PYTHON),
  alone('python', ['an error in Python', `${THINGS}\nraise KeyError(many[3])`, 'import random']),
  scriptProbes('JavaScript', SCRIPT),
  scriptProbes('JavaScript with modules of Node', NODE),
];
