import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { canonical } from '../test/support/longhand.js';
import {
  cosignature,
  fileOf,
  type MadeBundle,
  makeBundle,
  makeKey,
  ORIGIN,
  SERVER_KEY,
  signedBundle,
  TALK,
  WITHHELD,
} from '../test/support/made-bundle.js';
import { type VerifyOptions, verify } from './verify.js';

const PINNED = { keys: [SERVER_KEY.vkey] };
const verified = (bundle: MadeBundle, options: VerifyOptions = PINNED) => verify(fileOf(bundle), options);
const changed = (bundle: MadeBundle, change: (copy: MadeBundle) => void) => {
  const copy = structuredClone(bundle);
  change(copy);
  return copy;
};

describe('An unchanged bundle', () => {
  const bundle = makeBundle(TALK);

  test('is VERIFIED with the key of the server, or with a policy that names it', async () => {
    const policy = `# mine\nlog ${SERVER_KEY.vkey}\nquorum none\n`;

    expect(await verified(bundle)).toMatchObject({ verdict: 'VERIFIED', exitCode: 0 });
    expect(await verified(bundle, { policy })).toMatchObject({ verdict: 'VERIFIED', exitCode: 0 });
  });

  test('is VERIFIED as JSON that is not compressed, with white space between its tokens', async () => {
    const file = Buffer.from(JSON.stringify(JSON.parse(canonical(bundle)), null, 2));

    expect(await verify(file, PINNED)).toMatchObject({ verdict: 'VERIFIED' });
  });

  test('is UNANCHORED without a key', async () => {
    const report = await verified(bundle, {});

    expect(report).toMatchObject({ verdict: 'UNANCHORED', exitCode: 20 });
    expect(report.claims.find(({ id }) => id === 'signature')).toMatchObject({ result: 'NOT CHECKED' });
  });

  test('is INVALID with the key of another server', async () => {
    expect(await verified(bundle, { keys: [makeKey('other.example/log').vkey] })).toMatchObject({ verdict: 'INVALID' });
    expect(await verified(bundle, { keys: [makeKey(ORIGIN, 4).vkey] }).catch(String)).toContain('not known here');
  });

  test('is PARTIAL with a withheld opening, which can be accepted', async () => {
    const withheld = makeBundle([...TALK, WITHHELD]);

    expect(await verified(withheld)).toMatchObject({ verdict: 'PARTIAL', exitCode: 5, facts: { withheld: 1 } });
    expect(await verified(withheld, { ...PINNED, accept: ['withheld'] })).toMatchObject({ verdict: 'VERIFIED' });
  });

  test('is UNWITNESSED until the quorum of the policy has cosigned', async () => {
    const [one, two] = [makeKey('witness.example/1', 4), makeKey('witness.example/2', 4)];
    const policy = `log ${SERVER_KEY.vkey}\nwitness a ${one.vkey}\nwitness b ${two.vkey}\ngroup both all a b\nquorum both\n`;
    const cosigned = (...witnesses: (typeof one)[]) =>
      signedBundle(bundle, SERVER_KEY, (text) => witnesses.map((witness) => cosignature(text, 1n, witness)).join(''));

    expect(await verified(cosigned(one), { policy })).toMatchObject({ verdict: 'UNWITNESSED', exitCode: 10 });
    expect(await verified(cosigned(one, two), { policy })).toMatchObject({
      verdict: 'VERIFIED',
      facts: { cosigned_by: [one.name, two.name] },
    });
  });

  test('continues a checkpoint that was kept, or DIVERGED', async () => {
    const kept = makeBundle(TALK.slice(0, 4)).checkpoint;
    const other = makeBundle([...TALK.slice(0, 3), { kind: 'user', from: 's1', body: { text: 'goodbye' } }]).checkpoint;

    expect(await verified(bundle, { ...PINNED, checkpoint: kept })).toMatchObject({ verdict: 'VERIFIED' });
    expect(await verified(bundle, { ...PINNED, checkpoint: other })).toMatchObject({ verdict: 'DIVERGED' });
    expect(await verified(makeBundle(TALK.slice(0, 2)), { ...PINNED, checkpoint: kept })).toMatchObject({
      verdict: 'DIVERGED',
      first: { entry: 3 },
    });
  });
});

describe('A changed bundle', () => {
  const bundle = makeBundle([...TALK, WITHHELD, { kind: 'user', from: 's2', body: { text: 'bye' } }]);
  const entry = (seq: number, change: (entry: MadeBundle) => void) => (copy: MadeBundle) =>
    change(copy.entries[seq - 1]);

  test.each<[string, number | undefined, (copy: MadeBundle) => void]>([
    ['a body', 4, entry(4, ({ opening }) => Object.assign(opening.body, { text: 'help' }))],
    ['a salt', 5, entry(5, ({ opening }) => Object.assign(opening, { salt: 'ab'.repeat(32) }))],
    ['a recipient', 5, entry(5, ({ opening }) => Object.assign(opening, { to: 's2' }))],
    ['a time', 4, entry(4, ({ header }) => Object.assign(header, { ts: header.ts.replace('000Z', '001Z') }))],
    ['a sender', 4, entry(4, ({ header }) => Object.assign(header, { from: 's2' }))],
    ['a kind', 4, entry(4, ({ header }) => Object.assign(header, { kind: 'bot' }))],
    ['a commitment', 8, entry(8, ({ header }) => Object.assign(header, { body_commit: `sha256:${'0'.repeat(64)}` }))],
    ['a leaf hash', 8, entry(8, (its) => Object.assign(its, { leaf: `sha256:${'0'.repeat(64)}` }))],
    ['a leaf hash that is missing', 6, entry(6, (its) => delete its.leaf)],
    ['an opening that is missing', 6, entry(6, (its) => delete its.opening)],
    ['an entry that is missing', 3, (copy) => copy.entries.splice(2, 1)],
    ['the last entry that is missing', 9, (copy) => copy.entries.pop()],
    ['two entries that are swapped', 6, (copy) => copy.entries.splice(5, 2, copy.entries[6], copy.entries[5])],
    ['an entry that is there twice', 5, (copy) => copy.entries.splice(3, 0, copy.entries[3])],
    ['a member that is not known', undefined, (copy) => Object.assign(copy, { more: 1 })],
    ['a member of an entry that is not known', 4, entry(4, (its) => Object.assign(its, { more: 1 }))],
    ['another channel', 1, (copy) => Object.assign(copy, { channel: 'chn_BBBBBBBBBBB' })],
    ['another origin', undefined, (copy) => Object.assign(copy, { origin: 'other.example/log' })],
    ['another viewer', 5, (copy) => Object.assign(copy, { viewer: 's3' })],
    ['another size', 9, (copy) => Object.assign(copy, { checkpoint: copy.checkpoint.replace('\n9\n', '\n8\n') })],
    [
      'no signature',
      undefined,
      (copy) => Object.assign(copy, { checkpoint: copy.checkpoint.replace(/\n\n.*/s, '\n\n') }),
    ],
    [
      'a proof of another entry',
      undefined,
      (copy) => Object.assign(copy, { entry_proof: copy.entry_proof.replace('index 8', 'index 7') }),
    ],
    ['a server log that ends', undefined, (copy) => Object.assign(copy, { server_checkpoint: copy.checkpoint })],
    ['another policy', undefined, (copy) => Object.assign(copy, { policy: 'quorum none\n' })],
    ['no keys', undefined, (copy) => Object.assign(copy, { keys: [] })],
  ])('with %s is INVALID, and the first entry that differs is named', async (_, seq, change) => {
    const report = await verified(changed(bundle, change));

    expect(report).toMatchObject({ verdict: 'INVALID', exitCode: 40 });
    expect(report.first?.entry).toBe(seq);
  });

  test('is INVALID with a header that was hashed anew: the part of the tree in which it is is named', async () => {
    const header = { ...bundle.entries[3].header, from: 's2' };
    const { leaf } = makeLeaf(header);
    const report = await verified(changed(bundle, ({ entries }) => Object.assign(entries[3], { header, leaf })));

    expect(report).toMatchObject({ verdict: 'INVALID', first: { text: expect.stringContaining('from 1 to 8') } });
  });

  test('is INVALID with a signature of a known key that is wrong, beside a right one', async () => {
    const wrong = signedBundle(bundle, makeKey(ORIGIN));
    const line = wrong.checkpoint.split('\n').at(-2) as string;
    const broken = line.slice(0, -8) + (line.at(-8) === 'A' ? 'B' : 'A') + line.slice(-7);

    const report = await verified(
      changed(bundle, (copy) => Object.assign(copy, { checkpoint: `${copy.checkpoint}${broken}\n` })),
    );

    expect(report).toMatchObject({ verdict: 'INVALID' });
  });

  test('is DIVERGED with times that go back, even if the server signs it', async () => {
    const entries = TALK.map((draft, i) => (i === 4 ? { ...draft, ts: '2020-01-01T00:00:00.000Z' } : draft));

    expect(await verified(makeBundle(entries))).toMatchObject({
      verdict: 'DIVERGED',
      exitCode: 30,
      first: { entry: 5 },
    });
  });

  const makeLeaf = (header: object) => signedBundle({ ...bundle, entries: [{ header }] }).entries[0];
});

describe('A hostile file', () => {
  const json = canonical(makeBundle(TALK));
  const withMember = (text: string) => Buffer.from(json.replace('{', `{${text},`));

  test.each<[string, () => Uint8Array]>([
    ['is empty', () => new Uint8Array(0)],
    ['is not JSON', () => Buffer.from('hello')],
    ['is not whole gzip', () => gzipSync(json).subarray(0, 500)],
    ['has something after the gzip', () => Buffer.concat([gzipSync(json), Buffer.from('more')])],
    ['has two members of gzip', () => Buffer.concat([gzipSync(json), gzipSync(' ')])],
    ['is a gzip bomb', () => gzipSync(Buffer.alloc(200_000_000, 0x20))],
    ['is nested deeply', () => Buffer.from('['.repeat(5_000_000))],
    ['has ten million values', () => Buffer.from(`[${'0,'.repeat(10_000_000)}0]`)],
    ['has ten million entries', () => gzipSync(`{"entries":[${'{},'.repeat(10_000_000)}{}]}`)],
    ['has a name twice', () => Buffer.from(json.replace('"format":', '"format":"parley-bundle-v1","format":'))],
    ['has names out of order', () => withMember('"viewer":"s1"')],
    ['has the member __proto__', () => withMember('"__proto__":{"viewer":"s1"}')],
    ['has a lone surrogate', () => Buffer.from(json.replace('hello', '\\ud800'))],
    ['has invalid UTF-8', () => Buffer.concat([Buffer.from('"'), Buffer.from([0xff]), Buffer.from('"')])],
    ['has a number that is not canonical', () => Buffer.from(json.replace('"seq":4', '"seq":4.0'))],
    ['has an escape that is not canonical', () => Buffer.from(json.replace('hello', 'h\\u0065llo'))],
  ])('that %s is INVALID', async (_, make) => {
    expect(await verify(make(), PINNED)).toMatchObject({ verdict: 'INVALID', exitCode: 40 });
  });

  test('with __proto__ in a body changes no prototype, and is read as it was hashed', async () => {
    const body = JSON.parse('{"__proto__":{"polluted":true},"text":"x"}');

    const report = await verified(makeBundle([...TALK, { kind: 'user', from: 's1', body }]));

    expect(report).toMatchObject({ verdict: 'VERIFIED' });
    expect({}).not.toHaveProperty('polluted');
  });
});
