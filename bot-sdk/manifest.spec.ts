import { describe, expect, test } from '@jest/globals';
import { prepare } from './bundle.js';
import { checkManifest, manifestOf, withHooks } from './manifest.js';
import { checkParams } from './params.js';

const bundle = prepare(`export default class Dice { onInit() {} onMessage() { return 'https://api.example.org' } }`);

test('Code without a manifest gets one from its source', () => {
  expect(manifestOf(bundle)).toEqual({
    name: 'Dice',
    version: '1.0.0',
    summary: '',
    language: 'javascript',
    hooks: ['on_init', 'on_message'],
    emits: [],
    params: { type: 'object' },
    seats: { min: 0, max: 64, distinct_members: false },
    permissions: { network: ['api.example.org'], modules: [], private_messages: true, update_channel: false },
    needs_env: [],
    limits: {},
  });
});

describe('A given manifest', () => {
  test('gets the default of each missing field, which permits nothing', () => {
    expect(checkManifest({ name: 'Dice' }, bundle)).toMatchObject({
      hooks: ['on_init', 'on_message'],
      permissions: { network: [], modules: [], private_messages: false, update_channel: false },
      params: { type: 'object', additionalProperties: false },
    });
  });

  test('may spell its hooks as in the code', () => {
    expect(checkManifest({ name: 'Dice', hooks: ['onMessage', 'on_init'] }, bundle).hooks).toEqual([
      'on_init',
      'on_message',
    ]);
  });

  test.each([
    ['a subset', ['on_init'], ['on_init']],
    ['a superset', ['on_init', 'on_message', 'on_timer'], ['on_init', 'on_message', 'on_timer']],
    ['some that nobody calls', ['on_init', 'on_guess'], ['on_init']],
  ])('may name %s of the hooks', (_, hooks, kept) => {
    expect(checkManifest({ name: 'Dice', hooks }, bundle).hooks).toEqual(kept);
  });

  test('without hooks gets those of the source, and the events that they need', () => {
    const read = (given: Record<string, unknown>) => withHooks(checkManifest(given, bundle), given, ['on_event']);

    expect(read({ name: 'Dice' })).toMatchObject({ hooks: ['on_event'], hears: [{}] });
    expect(read({ name: 'Dice', hooks: ['on_init'], hears: [{ kind: 'bot' }] })).toMatchObject({
      hooks: ['on_init'],
      hears: [{ kind: 'bot' }],
    });
    const given = { name: 'Dice', hears: [{ kind: 'bot' }] };
    expect(() => withHooks(checkManifest(given, bundle), given, ['on_init'])).toThrow(
      expect.objectContaining({ field: 'hears' }),
    );
  });

  const deep = (n: number): object => (n ? { type: 'array', items: deep(n - 1) } : { type: 'string' });
  test.each<[string, unknown]>([
    ['manifest', null],
    ['manifest', []],
    ['name', {}],
    ['name', { name: '../etc' }],
    ['name', { name: 'x'.repeat(41) }],
    ['colour', { name: 'A', colour: 1 }],
    ['colour', { name: 'A', colour: () => 1 }],
    ['version', { name: 'A', version: 'new' + ' one' }],
    ['language', { name: 'A', language: 'python' }],
    ['hooks[0]', { name: 'A', hooks: ['on init'] }],
    ['emits[0]', { name: 'A', emits: [1] }],
    ['seats.min', { name: 'A', seats: { min: -1 } }],
    ['seats.max', { name: 'A', seats: { min: 3, max: 2 } }],
    ['seats.colour', { name: 'A', seats: { colour: 1 } }],
    ['permissions.network[0]', { name: 'A', permissions: { network: ['https://a.org'] } }],
    ['permissions.private_messages', { name: 'A', permissions: { private_messages: 1 } }],
    ['permissions.root', { name: 'A', permissions: { root: true } }],
    ['needs_env[0]', { name: 'A', needs_env: ['lower'] }],
    ['limits.wallMs', { name: 'A', limits: { wallMs: 1e9 } }],
    ['limits.colour', { name: 'A', limits: { colour: 1 } }],
    ['params.pattern', { name: 'A', params: { pattern: '(a+)+' } }],
    ['params.properties.a.$ref', { name: 'A', params: { properties: { a: { $ref: '#' } } } }],
    ['params.properties.a.format', { name: 'A', params: { properties: { a: { format: 'email' } } } }],
    ['params.properties.a.items.items.items.items.items', { name: 'A', params: { properties: { a: deep(5) } } }],
    ['params', { name: 'A', params: { title: 'x'.repeat(20_000) } }],
    ['params', { name: 'A', params: { properties: { a: { type: 'colour' } } } }],
    ['params.type', { name: 'A', params: { type: 'array' } }],
    ['params.additionalProperties', { name: 'A', params: { additionalProperties: {} } }],
  ])('is refused because of its %s', (field, given) => {
    expect(() => checkManifest(given, bundle)).toThrow(expect.objectContaining({ field }));
  });

  test('that is not JSON has a single error', () => {
    expect(() => checkManifest({ name: 'A', limits: { wallMs: Number.NaN } }, bundle)).toThrow(
      /^limits\.wallMs is not JSON$/,
    );
    expect(() => checkManifest(null, bundle)).toThrow(/^manifest is not an object$/);
  });

  test('must name every module that the code imports', () => {
    const python = prepare('import json\nclass A:\n    pass\n');

    expect(() => checkManifest({ name: 'A' }, python)).toThrow('permissions.modules leave out json');
    expect(checkManifest({ name: 'A', permissions: { modules: ['json'] } }, python).permissions.modules).toEqual([
      'json',
    ]);
  });
});

describe('Params', () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: {
      range: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2, default: [1, 100] },
      mode: { type: 'string', enum: ['number'], default: 'number' },
    },
  };

  test('get their defaults, and given values are not changed', () => {
    const given = { range: [5, 6] };

    expect(checkParams(schema, given)).toEqual({ range: [5, 6], mode: 'number' });
    expect(checkParams(schema)).toEqual({ range: [1, 100], mode: 'number' });
    expect(given).toEqual({ range: [5, 6] });
  });

  test('are at most 16 KB', () => {
    const open = { type: 'object' };

    expect(checkParams(open, { a: 'x'.repeat(16_384 - 8) })).toHaveProperty('a');
    expect(() => checkParams(open, { a: 'x'.repeat(16_384 - 7) })).toThrow('params is larger than 16384 bytes');
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('may be named %s, and inherit nothing', (name) => {
    const named = { type: 'object', additionalProperties: false, properties: { [name]: { type: 'integer' } } };
    const filled = { ...named, properties: { [name]: { type: 'integer', default: 3 } } };

    expect(Object.entries(checkParams(named, {}))).toEqual([]);
    expect(Object.entries(checkParams(named, { [name]: 1 }))).toEqual([[name, 1]]);
    expect(Object.entries(checkParams(filled, {}))).toEqual([[name, 3]]);
    expect(() => checkParams({ ...named, required: [name] }, {})).toThrow('must have required property');
  });

  test.each([
    ['params.range must NOT have fewer than 2 items', { range: [1] }],
    ['params.range.0 must be integer', { range: ['1', 2] }],
    ['params.mode must be equal to one of the allowed values', { mode: 'word' }],
    ['params must NOT have additional properties (target)', { target: 7 }],
    ['params is not an object', [1]],
    ['params has a member named __proto__', JSON.parse('{"__proto__": {"mode": 1}}')],
  ])('are refused: %s', (message, given) => {
    expect(() => checkParams(schema, given)).toThrow(message);
  });
});

test('An invalid schema is refused with its error every time', () => {
  const params = (minimum: unknown) => ({ type: 'object', properties: { n: { type: 'integer', minimum } } });
  for (const wrong of ['one', 'two']) {
    expect(() => checkManifest({ name: 'Dice', params: params(wrong) }, bundle)).toThrow(
      'is no schema: schema is invalid: data/properties/n/minimum must be number',
    );
    expect(checkManifest({ name: 'Dice', params: params(1) }, bundle).params).toEqual(params(1));
  }
});
