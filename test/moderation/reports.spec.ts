import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openAdmin } from '../support/admin.js';
import { DOORS, type Person, rejectedWith } from '../support/doors.js';
import { everythingRead, openRoom, type Room, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const bot = (n: string) => `class Quiet { onMessage() { '${n}'; } }`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
const botOf = async ({ bob, id }: Room) => (await bob.call('who', { channel_id: id })).bots[0];

describe.each(DOORS)('A report, over %s', (doorName, door) => {
  let admin: Person;
  beforeAll(async () => {
    admin = await openAdmin(server, door);
  });
  afterAll(async () => {
    await admin.close();
  });

  test('is visible to admins only', async () => {
    await using room = await openRoom(server, door, { bot_code: bot(`seen ${doorName}`) });
    const { bot_id, code_hash } = await botOf(room);
    const before = await everythingRead(room.alice, room.id);
    const report = { channel_id: room.id, bot_id, reason: 'cheating', text: 'It knew my cards' };

    const { report_id } = await room.bob.call('report_bot', report);

    expect(await everythingRead(room.alice, room.id)).toEqual(before);
    const { reports, open_reports } = await admin.call('inspect_bot_code', { hash: code_hash });
    expect(reports).toMatchObject([{ report_id, ...report, is_open: true, reporter: expect.stringMatching(/^acc_/) }]);
    expect(open_reports).toBe(1);
    const reported = async () =>
      (await admin.call('list_bot_code', { status: 'reported' })).codes.map((code: Room['created']) => code.code_hash);
    expect(await reported()).toContain(code_hash);
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    expect(await reported()).not.toContain(code_hash);
  });

  test('is accepted once per member, bot and reason, until a decision is made', async () => {
    await using room = await openRoom(server, door, { bot_code: bot(`once ${doorName}`) });
    const { bot_id, code_hash } = await botOf(room);
    const report = { channel_id: room.id, bot_id, reason: 'deceptive', text: 'x' };

    const results = await Promise.allSettled(Array.from({ length: 5 }, () => room.bob.call('report_bot', report)));
    await room.bob.call('report_bot', { ...report, reason: 'broken' });
    await room.alice.call('report_bot', report);

    expect(results.filter(rejectedWith('ALREADY_REPORTED'))).toHaveLength(4);
    expect((await admin.call('inspect_bot_code', { hash: code_hash })).open_reports).toBe(3);
    await admin.call('decide_bot_code', { hash: code_hash, decision: 'allow', reason_code: 'reviewed' });
    await room.bob.call('report_bot', report);
    const { reports } = await admin.call('inspect_bot_code', { hash: code_hash });
    expect(reports.map(({ is_open }: { is_open: boolean }) => is_open)).toEqual([true, false, false, false]);
  });

  test('must come from a member, about a bot of the channel, within the size limits', async () => {
    await using room = await openRoom(server, door, { bot_code: bot(`bounds ${doorName}`), visibility: 'public' });
    const { bot_id } = await botOf(room);
    const report = { channel_id: room.id, bot_id, reason: 'other', text: 'x' };

    const codes = await Promise.all(
      [
        room.mallory.call('report_bot', report),
        room.bob.call('report_bot', { ...report, channel_id: 'chn_nothing' }),
        room.bob.call('report_bot', { ...report, bot_id: 'bot_Nobody_0' }),
        room.bob.call('report_bot', { ...report, reason: 'boring' }),
        room.bob.call('report_bot', { ...report, text: '' }),
        room.bob.call('report_bot', { ...report, text: 'x'.repeat(1_001) }),
      ].map(async (call) => (await refusal(call)).code),
    );

    expect(codes).toEqual(['NOT_MEMBER', 'NOT_MEMBER', 'BOT_NOT_FOUND', ...Array(3).fill('INVALID_REQUEST')]);
  });

  test('counts against a limit of fifty open reports per account', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:alice', 'invite:bob'] });
    const slots = Array.from({ length: 8 }, () => 'bot:b');
    const bots = slots.map((_, i) => ({ name: `Flood${i}`, inline_code: bot(`flood ${doorName}`) }));
    const { channel_id, view } = await room.alice.call('create_channel', { name: 'Flood', slots, bots });
    const { bots: made } = await room.alice.call('who', { channel_id });
    expect(view.slots).toHaveLength(8);

    const reasons = [
      'cheating',
      'malicious',
      'deceptive',
      'prompt_injection',
      'wasteful',
      'unlawful',
      'broken',
      'other',
    ];
    const calls = made.flatMap(({ bot_id }: { bot_id: string }) =>
      reasons.map((reason) => room.alice.call('report_bot', { channel_id, bot_id, reason, text: 'x' })),
    );
    const results: PromiseSettledResult<unknown>[] = await Promise.allSettled(calls);

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
    expect(results.filter(rejectedWith('RATE_LIMIT'))).toHaveLength(14);
  });
});
