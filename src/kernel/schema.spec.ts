import { describe, expect, test } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsObject, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { Describe, parse, project, schemaOf, Untrusted } from './schema.js';

class Item {
  @Describe('A name.') @IsString() name!: string;
}
class Order {
  @Describe('How many.') @IsOptional() @IsInt() count: number = 3;
  @Describe('What.') @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items?: Item[];
  @Untrusted('anything.') @IsOptional() @IsObject() free?: object;
}

const issuesOf = async (value: unknown) => {
  const read = await parse(Order, value);
  return Array.isArray(read) ? read.map(({ message }) => message) : read;
};

describe('Parsing', () => {
  test('returns an instance with defaults, also nested ones', async () => {
    const read = (await parse(Order, { items: [{ name: 'a' }] })) as Order;

    expect(read).toBeInstanceOf(Order);
    expect(read.items?.[0]).toBeInstanceOf(Item);
    expect(read.count).toBe(3);
  });

  test('does not change free JSON, whatever its fields are called', async () => {
    const free = { constructor: 'x', nested: { constructor: { prototype: 1 } }, toJSON: 1 };

    expect(((await parse(Order, { free })) as Order).free).toEqual(free);
  });

  test.each<[unknown, string]>([
    [{ more: 1 }, 'unknown field more'],
    [{ constructor: 'x' }, 'unknown field constructor'],
    [JSON.parse('{"__proto__":{"count":1}}'), 'unknown field __proto__'],
    [{ items: [{ name: 'a', toString: 1 }] }, 'unknown field items.0.toString'],
    [{ items: [{ name: 'a', more: 1 }] }, 'unknown field items.0.more'],
    [{ items: ['x'] }, 'each value in nested property items must be either object or array'],
    [{ count: 'x' }, 'count must be an integer number'],
    [{ free: { deep: ['\ud800'] } }, 'free holds text that is not well-formed Unicode'],
    [{ free: { '\udc00': 1 } }, 'free holds text that is not well-formed Unicode'],
    [{ '\u202e"evil\n': 1 }, 'unknown field ?"evil?'],
    [{ items: [{}] }, 'items.0.name is required'],
    [{ count: 1e300 }, 'count must be an integer number of at most 9007199254740991'],
    [{ count: -(2 ** 53) }, 'count must be an integer number of at most 9007199254740991'],
    [{ more: null }, 'unknown field more'],
    [null, 'the input must be an object'],
    [[], 'the input must be an object'],
    ['text', 'the input must be an object'],
  ])('refuses %j, and the error names it', async (value, message) => {
    expect(await issuesOf(value)).toEqual([message]);
  });
});

test('At most twenty faults are reported', async () => {
  const strange = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`f${i}`, i]));

  expect(await issuesOf(strange)).toHaveLength(20);
});

test('A missing field is reported once', async () => {
  class Visit {
    @Describe('A place.') @IsString() @Length(5, 40) place!: string;
  }

  for (const value of [{}, { place: null }]) {
    expect(await parse(Visit, value)).toEqual([{ field: 'place', message: 'place is required' }]);
  }
});

test('A null field counts as omitted, and free JSON keeps its nulls', async () => {
  const read = (await parse(Order, { count: null, items: null, free: { a: null } })) as Order;

  expect(read.count).toBe(3);
  expect(read.items).toBeUndefined();
  expect(read.free).toEqual({ a: null });
});

test('A schema has no references, closes its objects and marks what others wrote', () => {
  expect(schemaOf(Order)).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      count: { type: 'integer', description: 'How many.' },
      items: {
        type: 'array',
        description: 'What.',
        items: {
          type: 'object',
          additionalProperties: false,
          properties: { name: { type: 'string', description: 'A name.' } },
          required: ['name'],
        },
      },
      free: { type: 'object', description: 'Untrusted, written by others: anything.', 'x-untrusted': true },
    },
  });
});

test('A class that was declared after the first schema was read is found by name', () => {
  schemaOf(Order);
  class Late {
    @Describe('A word.') @IsString() word!: string;
  }
  class Letter {
    @Describe('One.') @ValidateNested() @Type(() => Late) one!: Late;
  }

  expect(schemaOf(Letter).properties?.one).toMatchObject({ properties: { word: { description: 'A word.' } } });
});

test('A view contains the fields that its schema names, and free JSON as a whole', () => {
  const value = { count: 1, secret: 2, items: [{ name: 'a', secret: 3 }], free: { secret: 4 } };

  expect(project(value, schemaOf(Order))).toEqual({ count: 1, items: [{ name: 'a' }], free: { secret: 4 } });
});
