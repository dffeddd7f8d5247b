import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { play } from '../../bot-sdk/play.js';
import type { ScriptStep, Transcript } from '../../bot-sdk/table.js';
import type { TlsSight, Web, WebRequest } from '../../bot-sdk/web.js';

const SIGHT: TlsSight = {
  host: 'example.com',
  port: 443,
  observed_at: '2026-01-01T00:00:01.000Z',
  subject: 'CN=example.com',
  issuer: 'CN=Some authority',
  san: ['DNS:example.com'],
  not_before: '2025-12-01T00:00:00.000Z',
  not_after: '2026-03-01T00:00:00.000Z',
  serial: '0A',
  fingerprint_sha256: 'a'.repeat(64),
  chain: ['a'.repeat(64), 'b'.repeat(64)],
  pem: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', '-----BEGIN CERTIFICATE-----\nBBBB\n'],
  validated: true,
  trust_store: 'node@24.0.0',
  tls_version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
};
const EXPIRED: TlsSight = { ...SIGHT, validated: false, reason: 'expired', serial: '0B', pem: ['expired'] };

/** Shows the sights in turn, the last one from then on; `asked` is what it was asked. */
const shows = (sights: TlsSight[], asked: WebRequest[] = []): Web => {
  let next = 0;
  return async (request) => {
    asked.push(request);
    if (request.kind !== 'tls') return { kind: 'failed', code: 'FETCH_BLOCKED', detail: 'only a look' };
    const sight = sights[Math.min(next++, sights.length - 1)] as TlsSight;
    return { kind: 'seen', sight: { ...sight, host: request.host } };
  };
};
const say = (...words: (string | JsonObject)[]) => words.map((word): ScriptStep => ['say', 's1', word]);
const watch = (words: ScriptStep[], web?: Web, params: JsonObject = {}) =>
  play('bot-presets/tls', words, { params, web });
const last = ({ posts }: Transcript) => posts.at(-1);

describe('A certificate', () => {
  test('is posted once, without the chain, which is stored', async () => {
    const asked: WebRequest[] = [];
    const { posts, errors } = await watch(say('cert example.com'), shows([SIGHT], asked));

    expect(errors).toEqual([]);
    expect(asked).toEqual([{ kind: 'tls', host: 'example.com', port: 443 }]);
    expect(posts.map(({ kind, body, to }) => [kind, body.type, to])).toEqual([
      ['bot', 'prompt', undefined],
      ['bot', 'certificate', undefined],
    ]);
    const { pem, ...seen } = SIGHT;
    expect(posts[1]?.body).toEqual({ type: 'certificate', ...seen, pem_sha256: sha256(pem.join('')) });
  });

  test('that is invalid is shown with the reason', async () => {
    const { posts } = await watch(say('cert example.com', 'cert example.com'), shows([SIGHT, EXPIRED]));

    expect(posts.slice(1).map(({ body }) => [body.validated, body.reason, body.serial])).toEqual([
      [true, undefined, '0A'],
      [false, 'expired', '0B'],
    ]);
  });

  test.each([' CERT  Example.COM ', 'cert example.com\n'])('is requested with %j', async (text) => {
    expect(last(await watch(say(text), shows([SIGHT])))?.body).toMatchObject({
      type: 'certificate',
      host: 'example.com',
    });
  });

  test('of a host that is unreachable is an error of the run, and nothing is posted or stored', async () => {
    const nobody: Web = async () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody answered' });

    const { posts, errors, state } = await watch(say('cert example.com'), nobody);

    expect(errors).toMatchObject([{ code: 'UNREACHABLE' }]);
    expect([posts.length, state]).toEqual([1, null]);
  });
});

describe('The chain', () => {
  test('is that of the newest certificate, and its hash is the posted one', async () => {
    const { posts } = await watch(say('cert example.com', 'cert example.com', 'raw'), shows([SIGHT, EXPIRED]));

    const [, , certificate, chain] = posts.map(({ body }) => body);
    expect(chain).toMatchObject({ type: 'certificate_chain', host: 'example.com', pem: ['expired'] });
    expect(chain?.pem_sha256).toBe(certificate?.pem_sha256);
    expect(chain?.pem_sha256).toBe(sha256('expired'));
    expect([chain?.chain, chain?.observed_at]).toEqual([certificate?.chain, certificate?.observed_at]);
  });

  test('can be requested by host, and the last one of each host is stored', async () => {
    const { posts, state } = await watch(
      say('cert example.com', 'cert github.com', 'raw', 'raw EXAMPLE.com', 'cert example.com'),
      shows([SIGHT]),
    );

    expect(posts.slice(3, 5).map(({ body }) => body.host)).toEqual(['github.com', 'example.com']);
    expect((state as { seen: unknown[] }).seen).toHaveLength(2);
  });

  test.each(['raw', 'raw github.com', 'raw __proto__'])('is refused before the first certificate: %s', async (text) => {
    const script = text === 'raw' ? say(text) : say('cert example.com', text);

    expect(last(await watch(script, shows([SIGHT])))).toMatchObject({
      kind: 'control',
      body: { type: 'violation', reason: 'NOT_SEEN', player: 's1' },
    });
  });
});

describe('An undeclared host', () => {
  test.each([
    'evil.example',
    '127.0.0.1',
    '[::1]',
    '2130706433',
    'localhost',
    'metadata.google.internal',
    'example.com.',
    'example.com:22',
    'https://example.com',
    'user@example.com',
    'exаmple.com',
    '__proto__',
    `${'a'.repeat(250)}.com`,
  ])('is refused, and no connection is made: %s', async (host) => {
    const asked: WebRequest[] = [];

    const transcript = await watch(say(`cert ${host}`), shows([SIGHT], asked));

    expect(asked).toEqual([]);
    expect(transcript.errors).toEqual([]);
    expect(last(transcript)).toMatchObject({
      kind: 'control',
      body: { type: 'violation', reason: 'FETCH_BLOCKED', player: 's1' },
    });
  });

  test('may be one of the manifest that the channel excluded', async () => {
    const params = { hosts: ['example.com'] };

    expect(last(await watch(say('cert github.com'), shows([SIGHT]), params))?.body.reason).toBe('FETCH_BLOCKED');
    expect(last(await watch(say('cert example.com'), shows([SIGHT]), params))?.body.type).toBe('certificate');
  });

  test('cannot be added by the channel', async () => {
    await expect(watch([], undefined, { hosts: ['evil.example'] })).rejects.toThrow('hosts');
  });

  test('cannot be requested: the list in the params is that of the permissions', () => {
    const { permissions, params } = JSON.parse(readFileSync('bot-presets/tls/manifest.json', 'utf8'));

    expect(params.properties.hosts.default).toEqual(permissions.network);
    expect(params.properties.hosts.items.enum).toEqual(permissions.network);
  });
});

describe('A member who uses unknown words', () => {
  test.each([
    'cert',
    'CERT!',
    '!cert example.com',
    'cret',
    'crt example.com',
    'certificate',
    'certificate example.com',
    'rwa',
    'raww',
    'hosts',
  ])('is told which words are possible, and no connection is made: %s', async (text) => {
    const asked: WebRequest[] = [];

    const { posts, errors } = await watch(say(text), shows([SIGHT], asked));

    expect([posts.length, errors, asked]).toEqual([2, [], []]);
    expect(posts[1]).toMatchObject({
      kind: 'bot',
      body: { type: 'help', player: 's1', text: expect.stringContaining('cert example.com'), legal: ['cert', 'help'] },
    });
  });

  test('is told about the chain once there is one', async () => {
    const { posts } = await watch(say('cert github.com', 'help'), shows([SIGHT]));

    expect(posts.at(-1)?.body).toMatchObject({ type: 'help', seen: ['github.com'], legal: ['cert', 'raw', 'help'] });
  });
});

describe('Chat', () => {
  test.each<[string | JsonObject]>([
    ['hello'],
    ['cert example.com please'],
    ['certificates expire'],
    ['rawr'],
    [''],
    [{ text: ['cert', 'example.com'] }],
    [{ type: 'cert', host: 'example.com' }],
    [`cert ${'a'.repeat(60_000)}`],
  ])('is ignored: %j', async (body) => {
    const asked: WebRequest[] = [];

    const { posts, errors } = await watch(say(body), shows([SIGHT], asked));

    expect([posts.length, errors, asked]).toEqual([1, [], []]);
  });
});

function sha256(text: string) {
  return createHash('sha256').update(text).digest('hex');
}
