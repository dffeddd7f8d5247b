import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
} from '@nestjs/common';
import type { Request } from 'express';
import { callEnded, enter } from './admission.js';
import { atLeast, type Caller, type Scope } from './caller.js';
import { DomainError, ERRORS, type ErrorCode } from './errors.js';
import { FirstOf } from './first-of.js';
import { type JsonSchema, parse, project, type Shape, schemaOf } from './schema.js';

export const OPERATION = Symbol('operation');

/** What an operation is, to both doors. Nobody writes a route or a tool by hand. */
export interface Contract<I extends object = object, O extends object = object> {
  /** The tool's name and the REST path; `verb_noun`, from the seeds where they have one. */
  readonly name: string;
  readonly title: string;
  /** One plain sentence, read by people and by models. */
  readonly summary: string;
  readonly input: Shape<I>;
  /** Also the view: a field that is not in it never leaves. */
  readonly output: Shape<O>;
  /** What a caller should be ready for, besides INVALID_REQUEST and the 401s. */
  readonly errors: readonly ErrorCode[];
  /** A read is a GET and changes nothing. */
  readonly reads?: true;
  /** `anyone` needs no token. Left out: a signed-in caller with the scope. */
  readonly access?: 'anyone';
  readonly scope?: Scope;
  /** What the account must at least be, besides what its token covers. */
  readonly role?: 'moderator' | 'admin';
  /** Which set of tools lists it; `core` where left out. */
  readonly toolset?: Toolset;
  /** What one call weighs against the rates, in units; 1 where left out. What makes the server work costs more; 0 is free. */
  readonly cost?: number;
  /** Further names under which the same operation answers. */
  readonly aliases?: readonly string[];
  /** Something is gone afterwards that was there before. */
  readonly destroys?: true;
  /** A question for the person behind the caller, put where it can be, before what cannot be undone. In our own words. */
  confirms?(input: I): string | undefined;
  /** Asking twice is the same as asking once. */
  readonly repeatable?: true;
  /** The answer holds other people's words, or something leaves the server. */
  readonly openWorld?: true;
}

/** Sets of tools that an MCP client can choose by URL (`/mcp?tools=core,bots`): a model has room for about twenty. */
export const TOOLSETS = ['core', 'bots', 'play', 'account', 'admin', 'arena'] as const;
export type Toolset = (typeof TOOLSETS)[number];

type Method<I, O> = (input: I, caller: Caller, signal: AbortSignal) => O | Promise<O>;

/**
 * Declares an operation once: the method becomes a REST route here and an MCP tool in mcp/. Around it stand, for both
 * doors alike, the check of the caller, the check of the input and the view of the output.
 */
export function Operation<I extends object, O extends object>(contract: Contract<I, O>) {
  return <M extends Method<I, O>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    const method = descriptor.value as Method<I, O>;
    const answer = async (self: unknown, raw: unknown, caller: Caller | undefined, signal: AbortSignal) => {
      authorize(contract, caller);
      const leave = await enter({ caller, cost: contract.cost ?? 1, channelId: changedBy(contract, raw) });
      try {
        const input = await readInput(contract, raw);
        using over = new FirstOf([signal, caller?.ended]);
        mustLast(caller);
        const output = await method.call(self, input, caller as Caller, over.signal);
        mustLast(caller);
        return project(output, schemaOf(contract.output));
      } finally {
        leave();
      }
    };
    descriptor.value = async function (this: unknown, raw: unknown, caller: Caller | undefined, signal: AbortSignal) {
      try {
        const output = await answer(this, raw, caller, signal);
        callEnded(contract.name, 200);
        return output;
      } catch (error) {
        callEnded(contract.name, error instanceof DomainError ? ERRORS[error.code].status : 500);
        throw error;
      }
    } as unknown as M;
    applyDecorators(
      RequestMapping({
        method: contract.reads ? RequestMethod.GET : RequestMethod.POST,
        path: [contract.name, ...(contract.aliases ?? [])],
      }),
      HttpCode(200),
      SetMetadata(OPERATION, contract),
    )(target, key, descriptor);
    RequestInput(contract)(target, key, 0);
    RequestCaller()(target, key, 1);
    RequestSignal()(target, key, 2);
  };
}

/** What a token must cover for this operation; nothing where anyone may call it. */
export const scopeOf = ({ access, scope = 'channels' }: Contract): Scope | undefined =>
  access === 'anyone' ? undefined : scope;

function authorize(contract: Contract, caller: Caller | undefined) {
  const scope = scopeOf(contract);
  if (!scope) return;
  mustCover(caller, scope);
  if (contract.role && !atLeast(caller.role, contract.role)) {
    throw new DomainError('ROLE_REQUIRED', `role ${contract.role} is needed`, { role: contract.role });
  }
}

/** Throws unless somebody is signed in whose token covers the scope. */
export function mustCover(caller: Caller | undefined, scope: Scope): asserts caller is Caller {
  if (!caller) throw new DomainError('AUTHENTICATION_REQUIRED');
  if (!caller.scopes.includes(scope)) {
    const whence = scope === 'admin' ? ', which is for moderators and admins of the server' : '';
    throw new DomainError('INSUFFICIENT_SCOPE', `scope ${scope} is needed${whence}`, { scope });
  }
}

/** The channel that a call is about, unless it only reads. Looked at before the input is read, so it may be anything. */
function changedBy({ reads }: Contract, raw: unknown): string | undefined {
  const { channel_id: id } = (raw ?? {}) as { readonly channel_id?: unknown };
  return !reads && typeof id === 'string' ? id.slice(0, 40) : undefined;
}

async function readInput<I extends object>(contract: Contract<I>, raw: unknown): Promise<I> {
  if (raw === NO_JSON) throw new DomainError('INVALID_REQUEST', SEND_JSON);
  const input = await parse(contract.input, raw);
  if (!Array.isArray(input)) return input;
  throw new DomainError('INVALID_REQUEST', input.map(({ message }) => message).join('; '), { issues: input });
}

/** A session that ended while it was answered is told nothing more. */
function mustLast(caller: Caller | undefined) {
  if (caller?.ended?.aborted) throw new DomainError('INVALID_TOKEN');
}

/** Stands for a body that express did not read as JSON, until the caller is known. */
const NO_JSON = Symbol('no JSON');
const SEND_JSON = 'send the body as JSON with content-type: application/json';

const hasBody = ({ headers }: Request) => 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;

const RequestInput = createParamDecorator(({ reads, input }: Contract, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request>();
  if (reads) return fromQuery(request.query, schemaOf(input));
  return hasBody(request) && !request.is('application/json') ? NO_JSON : (request.body ?? {});
});
const RequestCaller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest().caller;
});
const RequestSignal = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const gone = new AbortController();
  const response = context.switchToHttp().getResponse();
  response.on('close', () => gone.abort());
  return gone.signal;
});

/** A query string knows only text: fields that the schema calls numbers, booleans or lists are read as such. */
function fromQuery(query: Record<string, unknown>, { properties = {} }: JsonSchema) {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, fromText(value, properties[name]?.type)]),
  );
}

function fromText(value: unknown, type: unknown): unknown {
  const types = [type].flat();
  if (types.includes('array')) return [value].flat();
  if (typeof value !== 'string') return value;
  if (types.includes('integer') || types.includes('number')) {
    if (value === '' || value === 'null') return null;
    return Number.isNaN(Number(value)) ? value : Number(value);
  }
  if (types.includes('boolean')) return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
