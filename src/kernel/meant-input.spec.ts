import { describe, expect, test } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { Describe, parse } from './schema.js';

class Part {
  @Describe('A name.') @IsString() @Length(1, 9) name!: string;
  @Describe('How many.') @IsOptional() @IsInt() count?: number;
}
class Order {
  @Describe('An id.') @IsOptional() @IsString() @Length(3, 9) id?: string;
  @Describe('A code.') @IsOptional() @IsString() code?: string;
  @Describe('A mode.') @IsOptional() @IsIn(['open', 'typed']) mode?: string;
  @Describe('How many.') @IsOptional() @IsInt() count: number = 3;
  @Describe('How much.') @IsOptional() @IsNumber() price?: number;
  @Describe('Whether.') @IsOptional() @IsBoolean() flag?: boolean;
  @Describe('Texts.') @IsOptional() @IsArray() @ArrayMaxSize(4) @IsString({ each: true }) texts?: string[];
  @Describe('Parts.') @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Part) parts?: Part[];
  @Describe('One.') @IsOptional() @ValidateNested() @Type(() => Part) part?: Part;
  @Describe('Free.') @IsOptional() @IsObject() free?: object;
  @Describe('Text or JSON.', { anyOf: [{ type: 'string', minLength: 0 }, { type: 'object' }] })
  @IsOptional()
  @Allow()
  body?: unknown;
  @Describe('A number or text.', { anyOf: [{ type: 'number' }, { type: 'string' }] })
  @IsOptional()
  @Allow()
  value?: unknown;
  @Describe('A place.', { type: ['integer', 'null'] }) @IsOptional() @IsInt() cursor?: number | null;
}

const read = async (value: object) => ({ ...(await parse(Order, value)) });
const messages = async (value: object) => {
  const issues = await parse(Order, value);
  return Array.isArray(issues) ? issues.map(({ message }) => message) : issues;
};

describe('A value with which a model omits a field', () => {
  test.each(['id', 'code', 'mode', 'count', 'price', 'flag', 'texts', 'parts', 'part', 'free', 'value', 'cursor'])(
    'is omitted if it is "" or null: %s',
    async (field) => {
      expect(await read({ [field]: '' })).toEqual({ count: 3 });
      expect(await read({ [field]: null })).toEqual({ count: 3 });
    },
  );

  test.each(['count', 'price', 'flag', 'texts', 'parts', 'part', 'free', 'cursor'])(
    'is omitted if it is the text null, for a field that takes no text: %s',
    async (field) => {
      expect(await read({ [field]: 'null' })).toEqual({ count: 3 });
      expect(await read({ [field]: 'None' })).toEqual({ count: 3 });
    },
  );

  test('is kept if the field may be empty or takes such a text', async () => {
    expect(await read({ body: '', code: 'null', value: 'null' })).toEqual({
      count: 3,
      body: '',
      code: 'null',
      value: 'null',
    });
  });

  test('is refused for a required field: null as missing, an empty text as too short', async () => {
    expect(await messages({ part: { name: null } })).toEqual(['part.name is required']);
    expect(await messages({ part: { name: '' } })).toEqual(['name must be longer than or equal to 1 characters']);
  });
});

describe('A value that a model writes as text', () => {
  test.each<[object, object]>([
    [{ count: '7' }, { count: 7 }],
    [{ count: ' -7 ' }, { count: -7 }],
    [{ count: '7.0' }, { count: 7 }],
    [{ price: '2.50' }, { price: 2.5 }],
    [{ cursor: '12' }, { cursor: 12 }],
    [{ flag: 'true' }, { flag: true }],
    [{ flag: 'False' }, { flag: false }],
    [{ texts: '["a","b"]' }, { texts: ['a', 'b'] }],
    [{ parts: ' [{"name":"a","count":"2"}] ' }, { parts: [{ name: 'a', count: 2 }] }],
    [{ parts: ['{"name":"a"}'] }, { parts: [{ name: 'a' }] }],
    [{ part: '{"name":"a","count":""}' }, { part: { name: 'a' } }],
    [{ free: '{"a":"1","b":""}' }, { free: { a: '1', b: '' } }],
  ])('is parsed by the schema: %j', async (given, meant) => {
    expect(await read(given)).toEqual({ count: 3, ...meant });
  });

  test.each<object>([
    { code: '5' },
    { code: 'true' },
    { code: '{"a":1}' },
    { body: '{"type":"move"}' },
    { body: '[1]' },
    { value: '46' },
    { texts: ['1', 'true', '', '{"a":1}'] },
    { free: { n: '1', list: '[1]', empty: '', none: null } },
  ])('stays text if the field takes text: %j', async (given) => {
    expect(await read(given)).toEqual({ count: 3, ...given });
  });

  test.each<[object, string]>([
    [{ count: 'seven' }, 'count must be an integer number'],
    [{ count: '7.5' }, 'count must be an integer number'],
    [{ count: '0x10' }, 'count must be an integer number'],
    [{ price: '1e3' }, 'price must be a number'],
    [{ flag: 'yes' }, 'flag must be a boolean value'],
    [{ flag: 1 }, 'flag must be a boolean value'],
    [{ texts: 'a, b' }, 'texts must be an array'],
    [{ texts: '["a"' }, 'texts must be an array'],
    [{ texts: '{"a":1}' }, 'texts must be an array'],
    [{ free: '[1]' }, 'free must be an object'],
    [{ free: 'x' }, 'free must be an object'],
    [{ part: 'x' }, 'part must be an object'],
    [{ parts: [{ name: 5 }] }, 'parts.0.name must be a string'],
    [{ part: { name: 'a', count: 'b' } }, 'part.count must be an integer number'],
    [{ code: 5 }, 'code must be a string'],
    [{ body: 5 }, 'body must be a string or an object'],
    [{ value: true }, 'value must be a number or a string'],
    [{ id: ['a'] }, 'id must be a string'],
  ])('is refused with one sentence that names the field if it does not fit: %j', async (given, message) => {
    expect(await messages(given)).toEqual([message]);
  });

  test('is not parsed if it is nested too deeply or contains too many values', async () => {
    expect(await messages({ texts: '['.repeat(100_000) })).toEqual(['texts must be an array']);
    expect(await messages({ texts: `[${'1,'.repeat(50_000)}1]` })).toEqual(['texts must be an array']);
    expect(await messages({ texts: '["a","b","c","d","e"]' })).toEqual(['texts must contain no more than 4 elements']);
  });

  test('may not contain unknown or reserved field names', async () => {
    expect(await messages({ part: '{"name":"a","more":1}' })).toEqual(['unknown field part.more']);
    expect(await messages({ part: '{"name":"a","__proto__":{"count":1}}' })).toEqual([
      expect.stringMatching(/^unknown field part.*__proto__$/),
    ]);
  });
});
