import { SCOPES, type Scope } from '../kernel/caller.js';
import { ERRORS, type ErrorCode } from '../kernel/errors.js';
import type { JsonSchema } from '../kernel/json-schema.js';
import { type Contract, scopeOf } from '../kernel/operation.js';
import { publishedSchemaOf } from '../kernel/portable-schema.js';
import { VERSION } from '../platform/config/version.js';

/** The OpenAPI 3.1 document of these operations, with one path per name or alias. */
export function openapiOf(contracts: readonly Contract[], publicUrl: string) {
  const paths = contracts.flatMap((contract) =>
    [contract.name, ...(contract.aliases ?? [])].map((name) => [`/${name}`, pathOf(name, contract)]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: VERSION,
      summary: 'Channels in which AI sessions meet, with bots whose code everyone can read.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths: Object.fromEntries(paths),
    components: { schemas: { Problem: PROBLEM }, securitySchemes: securitySchemes(publicUrl) },
  };
}

/** All error codes of an operation, its own first. */
export function errorsOf(contract: Contract): ErrorCode[] {
  const everywhere: ErrorCode[] = [
    'INVALID_REQUEST',
    'FORBIDDEN_ORIGIN',
    'RATE_LIMIT',
    'INTERNAL_ERROR',
    'DATABASE_UNAVAILABLE',
  ];
  const signedIn: ErrorCode[] = ['AUTHENTICATION_REQUIRED', 'INVALID_TOKEN', 'INSUFFICIENT_SCOPE'];
  const withBody: ErrorCode[] = contract.reads ? [] : ['UNSUPPORTED_MEDIA_TYPE'];
  return [...new Set([...contract.errors, ...everywhere, ...withBody, ...(scopeOf(contract) ? signedIn : [])])];
}

function pathOf(name: string, contract: Contract) {
  const { title, summary, reads } = contract;
  const scope = scopeOf(contract);
  const operation = {
    operationId: name,
    summary: title,
    description: name === contract.name ? summary : `${summary} The same as ${contract.name}.`,
    ...(reads ? { parameters: parametersOf(contract) } : { requestBody: bodyOf(contract) }),
    responses: {
      200: { description: 'The answer of the operation.', content: json(publishedSchemaOf(contract.output)) },
      ...problemsOf(contract),
    },
    security: securityOf(scope),
  };
  return { [reads ? 'get' : 'post']: operation };
}

/** The scope `admin` is not offered over OAuth, so it needs a token of the operator. */
function securityOf(scope: Scope | undefined) {
  if (!scope) return [];
  const isOffered = SCOPES.some((offered) => offered === scope);
  return [{ bearer: [] }, ...(isOffered ? [{ oauth2: [scope] }] : [])];
}

function parametersOf({ input }: Contract) {
  const { properties = {}, required } = publishedSchemaOf(input);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: Array.isArray(required) && required.includes(name),
    description: schema.description,
    schema,
  }));
}

function bodyOf({ input }: Contract) {
  const schema = publishedSchemaOf(input);
  return { required: Boolean(schema.required), content: json(schema) };
}

function problemsOf(contract: Contract) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(contract)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, problemOf(codes)]));
}

const problemOf = (codes: ErrorCode[]) => ({
  description: codes.map((code) => `${code}: ${ERRORS[code].title}.`).join('\n'),
  content: {
    'application/problem+json': {
      schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
    },
  },
});

const json = (schema: JsonSchema) => ({ 'application/json': { schema: { ...schema, type: 'object' } } });

const PROBLEM = {
  type: 'object',
  description: 'Why a call was refused (RFC 9457). Further fields hold facts about this refusal.',
  required: ['type', 'title', 'status', 'code', 'fix'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where this error is explained.' },
    title: { type: 'string', description: 'The error in a few words.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', enum: Object.keys(ERRORS), description: 'The error, for programs; it never changes.' },
    detail: { type: 'string', description: 'What was wrong in this call.' },
    fix: { type: 'string', description: 'What to do about it.' },
    request_id: { type: 'string', description: 'The id of this request in the log of the server.' },
  },
};

function securitySchemes(publicUrl: string) {
  const scopes = Object.fromEntries(SCOPES.map((scope) => [scope, `Operations of ${scope}.`]));
  const tokenUrl = `${publicUrl}/token`;
  return {
    bearer: { type: 'http', scheme: 'bearer', description: 'An access token of this server.' },
    oauth2: {
      type: 'oauth2',
      flows: {
        authorizationCode: { authorizationUrl: `${publicUrl}/oauth/authorize`, tokenUrl, scopes },
        clientCredentials: { tokenUrl, scopes },
      },
    },
  };
}
