import { describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { Operation } from '../../src/kernel/operation.js';
import { Describe } from '../../src/kernel/schema.js';
import { faultsOf } from '../../src/mcp/directory-lint.js';
import { startSmallApp } from '../support/small-app.js';

class Fine {
  @Describe('A field.') @IsString() text!: string;
}
class Silent {
  @IsString() text!: string;
}
class Nested {
  @Describe('Things.') @ValidateNested({ each: true }) @Type(() => Silent) things!: Silent[];
}

const fine = {
  name: 'do_thing',
  title: 'Do a thing',
  summary: 'Does the thing that was asked.',
  input: Fine,
  output: Fine,
  errors: [],
} as const;

describe('An operation', () => {
  test('that is as it should be passes', () => {
    expect(faultsOf(fine)).toEqual([]);
  });

  test.each([
    [{ name: 'doThing' }, /doThing is not a name/],
    [{ aliases: ['do-thing'] }, /do-thing is not a name/],
    [{ name: `a${'_b'.repeat(32)}` }, /is not a name/],
    [{ title: '' }, /has no title/],
    [{ summary: 'does it' }, /is not a plain sentence/],
    [{ input: Silent }, /The input text of do_thing has no description/],
    [{ output: Nested }, /The output things.text of do_thing has no description/],
  ])('with %j is named', (flaw, sentence) => {
    expect(faultsOf({ ...fine, ...flaw }).join()).toMatch(sentence);
  });
});

test('a fault stops the start', async () => {
  @Controller()
  class Faulty {
    @Operation({ ...fine, input: Silent })
    go({ text }: Silent) {
      return { text };
    }
  }

  await expect(startSmallApp(Faulty)).rejects.toThrow('The input text of do_thing has no description.');
});
