import { HostileEngine } from '../hostile-engine.js';
import type { Attack } from './attack.js';
import { openEach, wakeOne } from './rooms.js';

const ACCOUNTS = 4;
/** It is never executed: what runs in its container is another program. */
const BOT = `class Hostile:
    def __init__(self, ctx, params): pass
    def on_message(self, msg): pass
`;

/** What a broken-in process 1 does: it says that it is ready, and answers each hook with frames that cost their reader most. */
const PROGRAM = `
import json, os, sys
def take(count):
    data = b''
    while len(data) < count: data += os.read(0, count - len(data)) or sys.exit()
    return data
def hear(): return take(int.from_bytes(take(4), 'big'))
def send(data):
    while data: data = data[os.write(1, data):]
def frame(data, kind=b'\\x01'): send((len(data) + 1).to_bytes(4, 'big') + kind + data)
frame(b'{"t":"ready","runtime":"mine"}')
hear()
frame(b'{"t":"bound"}')
turn = os.getpid() + int.from_bytes(os.urandom(1), 'big')
while True:
    asked = hear()
    if b'"text":"run"' not in asked:
        # Nobody attaches a bot that fails when it is tried.
        about = json.loads(asked[1:])
        done = {'outcome': 'ok', 'effects': [], 'logs': [], 'ms': 1}
        frame(json.dumps({'t': 'done', 'id': about['id'], 'result': done, 'is_clean': True, 'cpu_ms': 1}).encode())
        continue
    turn += 1
    frame([
        b'{"t":"open","c":' + b'[' * 200_000 + b']' * 200_000 + b'}',
        b'{"t":"done","result":{"outcome":"ok","effects":[' + b'{"a":' * 100_000,
        b'{"t":"web","request":{' + b','.join(b'"k%d":%d' % (i, i) for i in range(200_000)) + b'}}',
        b'{"t":"done","id":1,"result":{"outcome":"ok","logs":["' + b'x' * 7_000_000 + b'"]}}',
        os.urandom(1_000_000),
    ][turn % 5])
    for i in range(2_000): frame(b'{"t":"web","id":%d,"request":[]}' % i)
`;

export const attack: Attack = {
  about: 'B14: 4 accounts whose containers answer each hook with deep, large and broken frames',
  atOnce: ACCOUNTS,
  measured: 'hook',
  surroundings: () => HostileEngine.start(PROGRAM),
  prepare: (url) => openEach(url, ACCOUNTS, BOT, { bot_language: 'python' }),
  send: (url, context, i) => wakeOne(url, context, i % ACCOUNTS),
};
