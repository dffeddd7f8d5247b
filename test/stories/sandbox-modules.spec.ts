import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Language } from '../../bot-sdk/contract.js';
import { modulesOf } from '../../bot-sdk/modules.js';
import { DOORS, type Person } from '../support/doors.js';
import { ofType, readAll, say } from '../support/game.js';
import { sourceOf } from '../support/inline-bot.js';
import { openRoom, refusal } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';

const SLOTS = ['bot:a', 'invite:alice', 'invite:bob'];

describeWithDocker('A module that a bot imports', () => {
  let server: SandboxedServer;
  beforeAll(async () => {
    server = await startSandboxed();
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  describe.each(DOORS)('over %s', (_, door) => {
    test.each<[language: Language, module: string, body: string, top: string]>([
      ['javascript', 'node:child_process', '', `import { exec } from 'node:child_process';`],
      ['javascript', 'node:vm', `await import('node:vm');`, ''],
      ['javascript', 'node:net', '', `await import('node:' + 'net');`],
      ['javascript', './other.js', '', `export * from './other.js';`],
      ['javascript', 'left-pad', `await import('left-pad');`, ''],
      ['typescript', 'node:worker_threads', '', `import { Worker } from 'node:worker_threads';`],
      ['python', 'multiprocessing', 'import multiprocessing', ''],
      ['python', 'os', 'pass', 'from os import environ'],
    ])(
      'in %s is refused before the channel is created if no bot may use it: %s',
      async (language, module, body, top) => {
        await using alice = await door(server, 'alice');

        const inline_code = `${language === 'python' ? '#' : '//'} a comment\n\n${sourceOf(language, body, top)}`;

        const problem = await refusedBot(alice, { language, inline_code });

        const allowed = modulesOf(language);
        const detail = `a bot cannot import ${module} (line ${lineOf(inline_code, /import|export \*/)})`;
        expect(problem).toMatchObject({ code: 'MODULE_NOT_ALLOWED', detail, module, allowed });
      },
    );

    test.each<[Language, string, string]>([
      ['javascript', `import { createHash } from 'node:crypto';`, 'node:crypto'],
      ['python', 'import hashlib', 'hashlib'],
    ])('in %s is refused if the manifest does not list it', async (language, top, module) => {
      await using alice = await door(server, 'alice');
      const inline_code = sourceOf(language, language === 'python' ? 'pass' : '', top);

      const problem = await refusedBot(alice, { language, inline_code, manifest: { name: 'Bot' } });

      expect(problem).toMatchObject({ code: 'BOT_INVALID', detail: expect.stringContaining(module) });
      expect(problem.detail).toContain(`(line ${lineOf(inline_code, /import/)})`);
    });

    test('that can use the workspace is refused without a manifest that lists it', async () => {
      const body = `writeFileSync('note', 'kept for one hook'); ctx.post('bot', { type: 'read', text: readFileSync('/workspace/note', 'utf8') });`;
      const inline_code = sourceOf('javascript', body, `import { readFileSync, writeFileSync } from 'node:fs';`);
      const manifest = { name: 'Bot', permissions: { modules: ['node:fs'] } };
      await using alice = await door(server, 'alice');

      const problem = await refusedBot(alice, { inline_code });
      await using room = await openRoom(server, door, { slots: SLOTS, bots: [{ slot: 's0', inline_code, manifest }] });

      const detail = `a manifest has to name node:fs (line ${lineOf(inline_code, /node:fs/)})`;
      expect(problem).toMatchObject({ code: 'MODULE_NOT_ALLOWED', detail, module: 'node:fs' });
      expect(problem.allowed).not.toContain('node:fs');
      expect(ofType(await readAll(room.bob, room.id), 'read')[0]?.body.text).toBe('kept for one hook');
    });

    test('whose name is computed at run time is refused then, and everyone sees which one', async () => {
      const body = `const name = args[0]?.body?.text; if (name) await import('node:' + name);`;
      const inline_code = sourceOf('javascript', body, `import 'node:util';`);
      await using room = await openRoom(server, door, { slots: SLOTS, bots: [{ slot: 's0', inline_code }] });

      const [refused] = await say(room.alice, room.id, 'child_process');
      const [unDeclared] = await say(room.alice, room.id, 'crypto');
      const declared = await say(room.alice, room.id, 'util');

      const error = { type: 'bot:error', code: 'MODULE_NOT_ALLOWED', hook: 'on_message' };
      expect(refused?.body).toMatchObject({ ...error, module: 'node:child_process' });
      expect(refused?.body.allowed).toEqual(expect.arrayContaining(['bot-sdk', 'big.js', 'node:util']));
      expect(unDeclared?.body).toMatchObject({ ...error, module: 'node:crypto' });
      expect(declared).toEqual([]);
      expect(ofType(await readAll(room.bob, room.id), 'bot:error')).toEqual([refused, unDeclared]);
    });

    test('from npm is bundled with the bot, and its hash is announced', async () => {
      const body = `ctx.post('bot', { type: 'sum', sum: new Big('0.1').plus('0.2').toString() });`;
      const [with_, without] = [`import Big from 'big.js';`, `const Big = class {};`].map((top) => ({
        slot: 's0',
        inline_code: sourceOf('javascript', body, top),
      }));

      await using room = await openRoom(server, door, { slots: SLOTS, bots: [with_] });
      await using other = await openRoom(server, door, { slots: SLOTS, bots: [without] });

      const messages = await readAll(room.bob, room.id);
      expect(ofType(messages, 'sum')[0]?.body.sum).toBe('0.3');
      expect(ofType(messages, 'bot:manifest')[0]?.body.manifest.permissions.modules).toEqual(['big.js']);
      const hashes = [room, other].map(async ({ bob, id }) => {
        const [attach] = ofType(await readAll(bob, id), 'bot:attach');
        return attach?.body.bundle_hash;
      });
      expect(new Set(await Promise.all(hashes)).size).toBe(2);
    });
  });
});

/** Why the bot was refused; nothing of the channel is there then. */
async function refusedBot(person: Person, bot: object) {
  const before = await person.call('list_channels');
  const problem = await refusal(
    person.call('create_channel', { name: 'Never', slots: SLOTS, bots: [{ slot: 's0', ...bot }] }),
  );
  expect(await person.call('list_channels')).toEqual(before);
  return problem;
}

/** The number of the first line that has it. */
const lineOf = (source: string, what: RegExp) => source.split('\n').findIndex((line) => what.test(line)) + 1;
