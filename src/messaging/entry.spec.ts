import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type EntryDraft, sealEntry } from './entry.js';

const SALT = Buffer.alloc(32).fill(1, 31);
const seal = (draft: EntryDraft) => sealEntry(draft, 'chn_AAAAAAAAAAA', 7, '2026-01-02T03:04:05.678Z', SALT);
const sha256 = (...parts: (string | Uint8Array)[]) =>
  `sha256:${parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')}`;

test('a visible entry shows its kind and sender, and commits only to its body', () => {
  const { header, opening, leaf, salt } = seal({ kind: 'user', from: 's1', body: { text: 'hé', a: 1 } });

  expect(opening).toBe('{"body":{"a":1,"text":"hé"}}');
  expect(header).toBe(
    `{"body_commit":"${sha256('parley-body-v1', SALT, opening)}","ch":"chn_AAAAAAAAAAA","from":"s1","kind":"user","seq":7,"ts":"2026-01-02T03:04:05.678Z","v":1}`,
  );
  expect(leaf).toBe(sha256(Uint8Array.of(0), header));
  expect(salt).toBe(SALT.toString('hex'));
  expect(leaf).toBe('sha256:ff0904e9bc845bcf54551891e7fa6006fce69722b93729f06169c6725292f121');
});

test.each<EntryDraft>([
  { kind: 'private', from: 's1', to: 'bot_Dice_0', body: { text: 'hé' } },
  { kind: 'sealed', from: 's1', to: 'bot_Dice_0', body: { bid: 42 } },
  { kind: 'receipt', from: 'system', run: 3, body: { ms: 5 } },
  { kind: 'timer', from: 'system', to: 'bot_Dice_0', body: { name: 'turn' } },
])('a hidden entry of kind $kind only says that something was logged', (draft) => {
  const { header, opening } = seal(draft);

  const body_commit = sha256('parley-body-v1', SALT, opening);
  expect(JSON.parse(header)).toEqual({
    v: 1,
    ch: 'chn_AAAAAAAAAAA',
    seq: 7,
    ts: '2026-01-02T03:04:05.678Z',
    kind: 'hidden',
    body_commit,
  });
  expect(JSON.parse(opening)).toEqual(draft);
});

test('a hidden entry has the leaf hash of the test vector', () => {
  expect(seal({ kind: 'private', from: 's1', to: 's2', refs: [4], run: 2, body: {} })).toMatchObject({
    opening: '{"body":{},"from":"s1","kind":"private","refs":[4],"run":2,"to":"s2"}',
    leaf: 'sha256:9e56c76e9f0f0533ff9d7fec17b1eba99edcf07147ff864fc3c6013ba1443609',
  });
});

test('a signature is part of the commitment, and is not in the header', () => {
  const sig = { nonce: '00'.repeat(16), value: '11'.repeat(64) };
  const spoken = seal({ kind: 'user', from: 's1', sig, body: {} });
  const whispered = seal({ kind: 'private', from: 's1', to: 's2', sig, body: {} });

  expect(JSON.parse(spoken.opening)).toEqual({ body: {}, sig });
  expect(JSON.parse(whispered.opening)).toEqual({ kind: 'private', from: 's1', to: 's2', body: {}, sig });
  expect(spoken.header + whispered.header).not.toContain('sig');
});

test('two entries with the same text have different salts', () => {
  const draft = { kind: 'user', from: 's1', body: {} } as const;
  const [one, two] = [1, 2].map(() => sealEntry(draft, 'c', 1, 't'));

  expect(one?.salt).not.toBe(two?.salt);
  expect(one?.header).not.toBe(two?.header);
});
