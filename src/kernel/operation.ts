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
import { admitCall, callEnded } from './admission.js';
import { atLeast, type Caller, type Scope } from './caller.js';
import { DomainError, ERRORS, type ErrorCode } from './errors.js';
import { FirstOf } from './first-of.js';
import { GONE } from './gone.js';
import type { JsonSchema } from './json-schema.js';
import { parse, project, type Shape, schemaOf } from './schema.js';

export const OPERATION = Symbol('operation');

/** Declares an operation for both doors. Routes and tools are derived from it, never written by hand. */
export interface Contract<I extends object = object, O extends object = object> {
  /** The tool's name and the REST path: `verb_noun`. */
  readonly name: string;
  readonly title: string;
  /** One plain sentence, read by people and by models. */
  readonly summary: string;
  readonly input: Shape<I>;
  /** The answer contains only the fields of this class. */
  readonly output: Shape<O>;
  /** The errors a caller should expect, besides INVALID_REQUEST and the 401 errors. */
  readonly errors: readonly ErrorCode[];
  /** The operation changes nothing; over REST it is a GET. */
  readonly reads?: true;
  /** `anyone`: no token is required. Default: a signed-in caller with the scope. */
  readonly access?: 'anyone';
  readonly scope?: Scope;
  /** The role that the account must have at least, in addition to the scope of the token. */
  readonly role?: 'moderator' | 'admin';
  /**
   * The toolset or toolsets that list the operation; default `core`. It can be called by name whether it is listed or
   * not.
   */
  readonly toolset?: Toolset | readonly Toolset[];
  /** Only its own toolset lists it, not the default list, which must stay short (about twenty tools). */
  readonly unlisted?: true;
  /** The tool list also contains the schema of the answer, for MCP hosts that read it. */
  readonly listsAnswer?: true;
  /** The cost of one call in rate units; default 1. Expensive operations cost more; 0 is free. */
  readonly cost?: number;
  /** Other names for the same operation. */
  readonly aliases?: readonly string[];
  /** The operation deletes data or ends something. */
  readonly destroys?: true;
  /**
   * A question, in our own words, that the user should confirm before an irreversible call, if the client can ask it.
   */
  confirms?(input: I): string | undefined;
  /** Repeating the call has no further effect (idempotent). */
  readonly repeatable?: true;
  /** The answer contains text of other people, or the operation reaches outside the server. */
  readonly openWorld?: true;

  /**
   * The operation may end the caller's own access. Its answer is delivered nevertheless, so it may only say what was
   * done.
   */
  readonly endsAccess?: true;
}

/**
 * The toolsets that an MCP client can choose by URL (`/mcp?tools=core,bots`): a model handles about twenty tools well.
 */
export const TOOLSETS = ['core', 'channels', 'bots', 'play', 'account', 'admin', 'arena'] as const;
export type Toolset = (typeof TOOLSETS)[number];

/** The toolsets that list an operation. */
export const toolsetsOf = ({ toolset = 'core' }: Contract): readonly Toolset[] =>
  typeof toolset === 'string' ? [toolset] : toolset;

type Method<I, O> = (input: I, caller: Caller, signal: AbortSignal) => O | Promise<O>;

/**
 * Declares an operation once: the method becomes a REST route here and an MCP tool in mcp/. The wrapper checks the
 * caller, validates the input and filters the output, the same for both doors.
 */
export function Operation<I extends object, O extends object>(contract: Contract<I, O>) {
  return <M extends Method<I, O>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>) => {
    const method = descriptor.value as Method<I, O>;
    const answer = async (self: unknown, raw: unknown, caller: Caller | undefined, signal: AbortSignal) => {
      authorize(contract, caller);
      const leave = await admitCall({ caller, cost: contract.cost ?? 1, channelId: changedBy(contract, raw) });
      try {
        const input = await readInput(contract, raw);
        using over = new FirstOf([signal, caller?.ended]);
        assertStillSignedIn(caller);
        const output = await method.call(self, input, caller as Caller, over.signal);
        // A caller who ended their own access by this call still receives the answer.
        if (!contract.endsAccess) assertStillSignedIn(caller);
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

/** The scope that a token must have for this operation; undefined if it needs no token. */
export const scopeOf = ({ access, scope = 'channels' }: Contract): Scope | undefined =>
  access === 'anyone' ? undefined : scope;

function authorize(contract: Contract, caller: Caller | undefined) {
  const scope = scopeOf(contract);
  if (!scope) return;
  assertCovers(caller, scope);
  if (contract.role && !atLeast(caller.role, contract.role)) {
    throw new DomainError('ROLE_REQUIRED', `the role ${contract.role} is required`, { role: contract.role });
  }
}

/** Throws unless the caller is signed in and the token has the scope. */
export function assertCovers(caller: Caller | undefined, scope: Scope): asserts caller is Caller {
  if (!caller) throw new DomainError('AUTHENTICATION_REQUIRED');
  if (!caller.scopes.includes(scope)) {
    const whence = scope === 'admin' ? '; only moderators and admins of the server can get it' : '';
    throw new DomainError('INSUFFICIENT_SCOPE', `the scope ${scope} is required${whence}`, { scope });
  }
}

/**
 * The channel that a call changes, or undefined for a read. The input is not validated yet, so it may have any type.
 */
function changedBy({ reads }: Contract, raw: unknown): string | undefined {
  const { channel_id: id } = (raw ?? {}) as { readonly channel_id?: unknown };
  return !reads && typeof id === 'string' ? id.slice(0, 40) : undefined;
}

async function readInput<I extends object>(contract: Contract<I>, raw: unknown): Promise<I> {
  if (raw === NO_JSON) throw new DomainError('UNSUPPORTED_MEDIA_TYPE');
  const input = await parse(contract.input, raw);
  if (!Array.isArray(input)) return input;
  throw new DomainError('INVALID_REQUEST', input.map(({ message }) => message).join('; '), { issues: input });
}

/** Throws if the session ended while the request was processed, so that nothing is delivered to it. */
function assertStillSignedIn(caller: Caller | undefined) {
  if (caller?.ended?.aborted) throw new DomainError('INVALID_TOKEN');
}

/** A placeholder for a body that is not valid JSON, until the caller is known. */
const NO_JSON = Symbol('no JSON');

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
  response.on('close', () => gone.abort(GONE));
  return gone.signal;
});

/** Reads a query string: a repeated parameter becomes a list. Other conversions follow the schema later. */
function fromQuery(query: Record<string, unknown>, { properties = {} }: JsonSchema) {
  const isList = (name: string, value: unknown) => properties[name]?.type === 'array' && !/^\s*\[/.test(String(value));
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, isList(name, value) ? [value].flat() : value]),
  );
}
