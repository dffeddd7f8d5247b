import { describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Operation } from '../../src/kernel/operation.js';
import { Completed } from '../../src/kernel/prompt.js';
import { Describe } from '../../src/kernel/schema.js';
import { faultsOf, faultsOfPrompt, faultsOfResource } from '../../src/mcp/directory-lint.js';
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
    [{ reads: true, destroys: true }, /only reads and that it destroys/],
    [{ confirms: () => 'Really?' }, /is confirmed and does not say/],
    [{ output: Nested }, /The output things.text of do_thing has no description/],
  ])('with %j is named', (flaw, sentence) => {
    expect(faultsOf({ ...fine, ...(flaw as object) }).join()).toMatch(sentence);
  });
});

class Numbered {
  @Describe('A number.') @IsInt() count!: number;
}
class Completing {
  @Completed('colours', 'A colour.') @IsString() colour!: string;
}

describe('A prompt', () => {
  const faults = (flaw: object) => faultsOfPrompt({ ...fine, ...flaw }, (source) => source === 'colours');

  test('that is as it should be passes', () => {
    expect([faults({}), faults({ input: Completing })]).toEqual([[], []]);
  });

  test.each([
    [{ name: 'do-thing' }, /is not a name/],
    [{ title: '' }, /has no title/],
    [{ summary: 'does it' }, /is not a plain sentence/],
    [{ input: Silent }, /The argument text of do_thing has no description/],
    [{ input: Numbered }, /The argument count of do_thing is no text/],
  ])('with %j is named', (flaw, sentence) => {
    expect(faults(flaw).join()).toMatch(sentence);
  });

  test('whose completions nobody has is named', () => {
    expect(faultsOfPrompt({ ...fine, input: Completing }, () => false)).toEqual([
      'Nothing completes colours, which do_thing names.',
    ]);
  });
});

describe('A resource', () => {
  const thing = { name: 'thing', title: 'A thing', summary: 'A thing that can be read.', uri: 'thing://{id}/data' };
  const faults = (flaw: object) =>
    faultsOfResource({ ...thing, mimeType: 'text/plain', ...flaw }, (source) => source === 'things');

  test('that is as it should be passes', () => {
    expect(faults({ completions: { id: 'things' } })).toEqual([]);
  });

  test.each([
    [{ title: '' }, /has no title/],
    [{ summary: 'does it' }, /is not a plain sentence/],
    [{ uri: 'nowhere' }, /nowhere is no address/],
    [{ mimeType: 'text' }, /has no media type/],
    [{ completions: { name: 'things' } }, /has no variable name/],
    [{ completions: { id: 'others' } }, /Nothing completes others/],
  ])('with %j is named', (flaw, sentence) => {
    expect(faults(flaw).join()).toMatch(sentence);
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
