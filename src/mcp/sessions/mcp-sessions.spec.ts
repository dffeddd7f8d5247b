import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '../../kernel/caller.js';
import { readConfig } from '../../platform/config/config.js';
import { ownerOf } from './mcp-session.js';
import { McpSessions } from './mcp-sessions.js';
import { SessionIds } from './session-ids.js';

class SetClock {
  ms = 0;
  now() {
    return this.ms;
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'parley-sessions-'));
afterAll(() => rmSync(dataDir, { recursive: true }));
const config = readConfig({ DATA_DIR: dataDir, PORT: '8100' }, join(dataDir, '.env'));
const ids = new SessionIds(config);

const callerOf = (name: string): Caller => ({
  accountId: name,
  clientId: 'client',
  sessionId: `${name}-grant`,
  name,
  scopes: ['channels'],
  role: 'guest',
});
const alice = callerOf('alice');

describe('A session without a stream', () => {
  test('is closed after a minute without a call', () => {
    const clock = new SetClock();
    const sessions = new McpSessions(clock, ids);
    const { id } = sessions.open(alice);

    clock.ms += 60_000;
    const inTime = sessions.use(id, alice);
    clock.ms += 60_001;

    expect(inTime?.id).toBe(id);
    expect(sessions.use(id, alice)).toBeUndefined();
    expect(sessions.size).toBe(0);
  });

  test('stays while a call runs, and for a minute after its end', () => {
    const clock = new SetClock();
    const sessions = new McpSessions(clock, ids);
    const session = sessions.open(alice);
    const over = new AbortController();
    session.registerCall(7, over);

    clock.ms += 600_000;
    sessions.reap();
    over.abort();
    sessions.touch(session);
    clock.ms += 60_000;

    expect(sessions.use(session.id, alice)).toBe(session);
  });
});

describe('A session with a stream', () => {
  test('stays while the stream is open, and for half an hour after its last use', () => {
    const clock = new SetClock();
    const sessions = new McpSessions(clock, ids);
    const session = sessions.open(alice);
    const stream = { send: () => {}, close: () => session.streamClosed(stream) };
    session.attachStream(stream);

    clock.ms += 3_600_000;
    sessions.touch(session);
    stream.close();
    clock.ms += 1_800_000;
    const inTime = sessions.use(session.id, alice);
    clock.ms += 1_800_001;

    expect(inTime).toBe(session);
    expect(sessions.use(session.id, alice)).toBeUndefined();
  });

  test('has only one stream: a newer one closes the older one', () => {
    const session = new McpSessions(new SetClock(), ids).open(alice);
    const closed: string[] = [];

    session.attachStream({ send: () => {}, close: () => closed.push('older') });
    session.attachStream({ send: () => {}, close: () => closed.push('newer') });

    expect(closed).toEqual(['older']);
  });
});

describe('If there are too many sessions', () => {
  test('the least recently used session of the same caller is closed, and no session of others', () => {
    const clock = new SetClock();
    const sessions = new McpSessions(clock, ids);
    const bobs = sessions.open(callerOf('bob'));
    const [first, second] = Array.from({ length: 20 }, () => sessions.open(alice));
    sessions.use(first?.id ?? '', alice);

    sessions.open(alice);

    expect(sessions.use(first?.id ?? '', alice)).toBe(first);
    expect(sessions.use(second?.id ?? '', alice)).toBeUndefined();
    expect(sessions.use(bobs.id, callerOf('bob'))).toBe(bobs);
  });

  test('at most five thousand are kept', () => {
    const sessions = new McpSessions(new SetClock(), ids);

    for (let i = 0; i < 5_010; i++) sessions.open(callerOf(`guest-${i}`));

    expect(sessions.size).toBe(5_000);
  });
});

test('cancelling a call that is not running has no effect', () => {
  const session = new McpSessions(new SetClock(), ids).open(alice);
  const over = new AbortController();
  session.registerCall(1, over);

  session.cancel(2);
  const before = over.signal.aborted;
  session.cancel(1);

  expect([before, over.signal.aborted]).toEqual([false, true]);
});

test('a large introduction of a client is not stored', () => {
  const sessions = new McpSessions(new SetClock(), ids);

  const modest = sessions.open(alice, { capabilities: { elicitation: {} } });
  const chatty = sessions.open(alice, { capabilities: {}, clientInfo: { name: 'x'.repeat(20_000) } });

  expect(modest.introduction).toEqual({ capabilities: { elicitation: {} } });
  expect(chatty.introduction).toEqual({});
});

describe('An id of a session', () => {
  test('is accepted by the next process of the same server, for the caller that got it', () => {
    const { id } = new McpSessions(new SetClock(), ids).open(alice);

    const next = new SessionIds(config);

    expect(next.isIssued(id, ownerOf(alice))).toBe(true);
    expect(next.isIssued(id, ownerOf(callerOf('bob')))).toBe(false);
  });

  test.each(['', 'x', '00', 'f'.repeat(32), 'g'.repeat(32), 'f'.repeat(64)])('cannot be %j', (id) => {
    expect(ids.isIssued(id, ownerOf(alice))).toBe(false);
  });
});
