import { describe, expect, test } from '@jest/globals';
import { CAPS } from '../platform/limits/caps.js';
import { requestShapeFault } from './json-shape.js';

const faultOf = (text: string) => requestShapeFault(Buffer.from(text));
const fields = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [i, i])));
const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}${close.repeat(depth)}`;

const DEEPEST = CAPS.body_depth.most + 5;

describe('The shape of a body', () => {
  test.each([
    ['nothing', ''],
    ['one value', '1'],
    ['as many fields as may be', fields(CAPS.body_fields.most)],
    ['as many values as may be', `[${'1,'.repeat(CAPS.body_values.most - 2)}1]`],
    ['as deep as may be', nested('[', ']', DEEPEST)],
    ['many lists beside one another', `[${'[],'.repeat(20_000)}[]]`],
    ['text that looks like structure', JSON.stringify('[{":,'.repeat(100_000))],
    ['text with quotes and backslashes', JSON.stringify('\\"[{'.repeat(100_000))],
    ['text that ends in a backslash', JSON.stringify(['\\', '[[[['.repeat(100)])],
    ['text of other alphabets', JSON.stringify('嬬尢ⰺ'.repeat(60_000))],
  ])('with %s is accepted', (_, text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  test.each([
    ['fields', fields(CAPS.body_fields.most + 1), 'fields'],
    ['fields in objects of their own', `[${'{"a":1},'.repeat(CAPS.body_fields.most)}{"a":1}]`, 'fields'],
    ['values', `[${'1,'.repeat(CAPS.body_values.most)}1]`, 'values'],
    ['empty lists', `[${'[],'.repeat(CAPS.body_values.most / 2)}[]]`, 'values'],
    ['levels of lists', nested('[', ']', DEEPEST + 1), 'levels'],
    ['levels that never end', '{"a":'.repeat(400_000), 'levels'],
    ['levels behind an escaped quote', `["\\"",${nested('[', ']', DEEPEST)}]`, 'levels'],
  ])('with too many %s is a fault', (_, text, what) => {
    expect(faultOf(text)).toContain(what);
  });
});
