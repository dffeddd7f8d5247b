import { beforeAll, describe, expect, test } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { Allow, IsInt, IsString, ValidateNested } from 'class-validator';
import type { JsonSchema } from '../../src/kernel/json-schema.js';
import { Operation, TOOLSETS } from '../../src/kernel/operation.js';
import { Completed } from '../../src/kernel/prompt.js';
import { Describe } from '../../src/kernel/schema.js';
import { faultsOf, faultsOfPrompt, faultsOfResource } from '../../src/mcp/tools/directory-lint.js';
import { faultsOfSchema } from '../../src/mcp/tools/schema-lint.js';
import { adminCommand } from '../support/admin.js';
import { bearer } from '../support/oauth.js';
import { startSmallApp } from '../support/small-app.js';
import { useServer } from '../support/use-server.js';
import { post, request } from './json-rpc.js';

class Fine {
  @Describe('A field.') @IsString() text!: string;
}
class Silent {
  @IsString() text!: string;
}
class Nested {
  @Describe('Things.') @ValidateNested({ each: true }) @Type(() => Silent) things!: Silent[];
}
class Long {
  @Describe('x'.repeat(1_025)) @IsString() text!: string;
}
class Choosing {
  @Describe('x'.repeat(1_025), { anyOf: [{ type: 'string' }, { type: 'object' }] }) @Allow() any!: unknown;
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
  test('that is correct passes', () => {
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
    [{ summary: `Does ${'x'.repeat(1_020)}.` }, /The summary of do_thing is longer than 1024/],
    [{ input: Long }, /The input of do_thing: text is described in more than 1024/],
    [{ output: Choosing }, /The output of do_thing: any \(a choice\) is described in more than 1024/],
    [{ output: Nested }, /The output things.text of do_thing has no description/],
  ])('with %j is reported', (flaw, sentence) => {
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

  test('that is correct passes', () => {
    expect([faults({}), faults({ input: Completing })]).toEqual([[], []]);
  });

  test.each([
    [{ name: 'do-thing' }, /is not a name/],
    [{ title: '' }, /has no title/],
    [{ summary: 'does it' }, /is not a plain sentence/],
    [{ input: Silent }, /The argument text of do_thing has no description/],
    [{ input: Numbered }, /The argument count of do_thing is no text/],
  ])('with %j is reported', (flaw, sentence) => {
    expect(faults(flaw).join()).toMatch(sentence);
  });

  test('with completions that nothing provides is reported', () => {
    expect(faultsOfPrompt({ ...fine, input: Completing }, () => false)).toEqual([
      'Nothing completes colours, which do_thing names.',
    ]);
  });
});

describe('A resource', () => {
  const thing = { name: 'thing', title: 'A thing', summary: 'A thing that can be read.', uri: 'thing://{id}/data' };
  const faults = (flaw: object) =>
    faultsOfResource({ ...thing, mimeType: 'text/plain', ...flaw }, (source) => source === 'things');

  test('that is correct passes', () => {
    expect(faults({ completions: { id: 'things' } })).toEqual([]);
  });

  test.each([
    [{ title: '' }, /has no title/],
    [{ summary: 'does it' }, /is not a plain sentence/],
    [{ uri: 'nowhere' }, /nowhere is no address/],
    [{ mimeType: 'text' }, /has no media type/],
    [{ completions: { name: 'things' } }, /has no variable name/],
    [{ completions: { id: 'others' } }, /Nothing completes others/],
  ])('with %j is reported', (flaw, sentence) => {
    expect(faults(flaw).join()).toMatch(sentence);
  });
});

test('a server with a fault does not start', async () => {
  @Controller()
  class Faulty {
    @Operation({ ...fine, input: Silent })
    go({ text }: Silent) {
      return { text };
    }
  }

  await expect(startSmallApp(Faulty)).rejects.toThrow('The input text of do_thing has no description.');
});

describe('A schema', () => {
  const text = { type: 'string', description: 'Text.' };

  test('whose choices stand alone passes', () => {
    expect(faultsOfSchema({ type: 'object', properties: { any: { anyOf: [text, { type: 'object' }] } } })).toEqual([]);
  });

  test.each<[JsonSchema, string]>([
    [{ anyOf: [text, { type: 'object' }], description: 'Any.' }, 'a says something beside anyOf.'],
    [{ anyOf: [text, { type: 'null' }] }, 'a has null in anyOf.'],
    [{ type: ['string', 'null'] }, 'a has a list of types.'],
    [{ $ref: '#/$defs/a' }, 'a uses $ref.'],
    [{ oneOf: [text] }, 'a uses oneOf.'],
    [{ type: 'array', items: { anyOf: [text], title: 'A' } }, 'a[] says something beside anyOf.'],
    [{ additionalProperties: { type: ['string', 'null'] } }, 'a.* has a list of types.'],
    [{ properties: { ['b'.repeat(65)]: text } }, 'a has a field with a name not every client takes.'],
    [{ anyOf: [{ properties: { b: { not: text } } }] }, 'a (a choice).b uses not.'],
  ])('like %j is reported', (schema, fault) => {
    expect(faultsOfSchema({ type: 'object', properties: { a: schema } })).toEqual([fault]);
  });
});

describe('On a running server', () => {
  const server = useServer();
  // biome-ignore lint/suspicious/noExplicitAny: a list is walked
  let lists: [string, any[]][];
  beforeAll(async () => {
    const admin = bearer({ access_token: await adminCommand(server, 'token') });
    const paths = ['/mcp', ...TOOLSETS.map((set) => `/mcp?tools=${set}`)];
    lists = await Promise.all(
      paths.map(async (path): Promise<[string, unknown[]]> => {
        return [path, (await post(server.url + path, request('tools/list'), admin)).message.result.tools];
      }),
    );
  });

  test('every list of tools passes the checks of the strictest clients', () => {
    const faults = lists.flatMap(([path, tools]) =>
      tools.flatMap(({ name, description, inputSchema, outputSchema }) => [
        ...(/^[a-z_]{1,64}$/.test(name) && description.length <= 1_024 ? [] : [`${path} ${name}`]),
        ...[inputSchema, outputSchema ?? []].flat().flatMap((schema) => faultsOfSchema(schema, `${path} ${name}`)),
      ]),
    );

    expect(faults).toEqual([]);
    expect(lists.every(([path, tools]) => tools.length > 0 || path.endsWith('arena'))).toBe(true);
  });

  test('no schema published over REST has a keyword beside a choice, or null in a choice', async () => {
    const text = await (await fetch(`${server.url}/openapi.json`)).text();

    expect(text.split('"anyOf"').length).toBeGreaterThan(3);
    JSON.parse(text, (_, value) => {
      if (Array.isArray(value?.anyOf)) {
        expect(Object.keys(value)).toEqual(['anyOf']);
        expect(JSON.stringify(value.anyOf)).not.toContain('"null"');
      }
      return value;
    });
  });
});
