import { ERRORS } from '../kernel/errors.js';
import { type Contract, scopeOf } from '../kernel/operation.js';
import { publishedSchemaOf } from '../kernel/portable-schema.js';
import { schemaOf } from '../kernel/schema.js';
import { type Field, fieldsOf } from './fields.js';
import { errorsOf } from './openapi.js';

const NOTE = 'Printed from the operations by `npm run surface`; do not edit.';

/** Operations and errors as files of the repository, so that a diff shows each change of the surface. */
export const surfaceOf = (contracts: readonly Contract[]): Record<string, string> => ({
  'docs/surface/operations.md': [`# Operations\n\n${NOTE}\n`, ...contracts.map(sectionOf)].join('\n'),
  'docs/surface/operations.json': `${JSON.stringify(contracts.map(entryOf), null, 2)}\n`,
  'docs/surface/errors.md': [`# Errors\n\n${NOTE}\n`, ERROR_HEAD, ...errorRows(), ''].join('\n'),
});

function sectionOf(contract: Contract): string {
  const { name, title, summary, aliases, reads, input, output } = contract;
  return [
    `## ${name}\n`,
    `${title}. ${summary}\n`,
    `- \`${reads ? 'GET' : 'POST'} /${name}\`${aliases ? `, also as ${aliases.map((it) => `\`${it}\``).join(', ')}` : ''}`,
    `- ${scopeOf(contract) ? `Scope \`${scopeOf(contract)}\`` : 'No token needed'}`,
    `- Hints: ${hintsOf(contract).join(', ') || 'none'}`,
    `- Errors: ${errorsOf(contract).join(', ')}\n`,
    tableOf('Input', fieldsOf(schemaOf(input))),
    tableOf('Answer', fieldsOf(schemaOf(output))),
  ].join('\n');
}

function tableOf(heading: string, fields: Field[]): string {
  if (!fields.length) return `${heading}: nothing.\n`;
  const rows = fields.map(
    ({ name, type, isRequired, description }) =>
      `| \`${name}\` | ${inCell(type)}${isRequired ? '' : ', optional'} | ${inCell(description)} |`,
  );
  return [`| ${heading} | Type | Meaning |`, '| --- | --- | --- |', ...rows, ''].join('\n');
}

const entryOf = (contract: Contract) => ({
  name: contract.name,
  title: contract.title,
  summary: contract.summary,
  aliases: contract.aliases ?? [],
  hints: hintsOf(contract),
  scope: scopeOf(contract) ?? null,
  errors: contract.errors,
  input: publishedSchemaOf(contract.input),
  output: publishedSchemaOf(contract.output),
});

const hintsOf = (contract: Contract) =>
  (['reads', 'destroys', 'repeatable', 'openWorld'] as const).filter((hint) => contract[hint]);

const ERROR_HEAD = '| Code | Status | What it says | What to do |\n| --- | --- | --- | --- |';

const errorRows = () =>
  Object.entries(ERRORS).map(([code, { status, title, fix }]) => `| \`${code}\` | ${status} | ${title} | ${fix} |`);

const inCell = (text: string) => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
