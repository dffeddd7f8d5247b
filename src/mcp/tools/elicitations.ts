import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { asksOf, DomainError } from '../../kernel/errors.js';
import { contentHash } from '../../kernel/hash.js';
import type { Contract } from '../../kernel/operation.js';
import { parse, schemaOf } from '../../kernel/schema.js';
import type { ListedOperation } from '../../platform/catalogs/operation-catalog.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { RequestState } from '../requests/request-state.js';

/** The user's choice by field, or null. */
type Answers = Readonly<Record<string, unknown>>;

/** The call that a question belongs to. */
interface Round {
  readonly call: string;
  readonly asked: string;
  readonly answers: Answers;
}

const CONFIRM = 'confirm';

/**
 * Asks the user if the client supports it (MCP elicitation): before something irreversible, and if several seats are
 * possible. Otherwise the call is executed as it is, and an error says what is missing.
 */
@Injectable()
export class Elicitations {
  constructor(private readonly state: RequestState) {}

  /** Returns the result of the operation, or a question after which the client repeats the call. */
  async call(operation: ListedOperation, input: object, requestContext: McpRequestContext, context: ServerContext) {
    const { contract } = operation;
    // An answer is valid only for an identical call; for any other the question is asked again.
    const call = contentHash(JSON.stringify({ name: contract.name, input }));
    const answers = answersIn(context, call);
    const mayAsk = canBeAsked(requestContext, context);
    const question = mayAsk ? await confirmationOf(contract, input) : undefined;
    if (question && answers[CONFIRM] === undefined) {
      return this.ask({ call, asked: CONFIRM, answers }, question, YES_OR_NO, context);
    }
    if (question && answers[CONFIRM] !== true) throw new DomainError('NOT_CONFIRMED');
    try {
      return await operation.call({ ...input, ...chosen(answers) }, requestContext.caller, context.mcpReq.signal);
    } catch (error) {
      const ask = mayAsk && error instanceof DomainError ? asksOf(error) : undefined;
      if (!ask || ask.field in answers || !schemaOf(contract.input).properties?.[ask.field]) throw error;
      const choice = { type: 'string' as const, enum: ask.choices };
      return this.ask({ call, asked: ask.field, answers }, ask.question, choice, context);
    }
  }

  private async ask(
    round: Round,
    message: string,
    field: typeof YES_OR_NO | { readonly type: 'string'; readonly enum: string[] },
    context: ServerContext,
  ): Promise<InputRequiredResult> {
    const requestedSchema = { type: 'object' as const, properties: { [round.asked]: field }, required: [round.asked] };
    return inputRequired({
      inputRequests: { [round.asked]: inputRequired.elicit({ message, requestedSchema }) },
      requestState: await this.state.codec.mint(round, context),
    });
  }
}

const YES_OR_NO = { type: 'boolean' as const, title: 'Yes, do it', default: false };

function answersIn({ mcpReq }: ServerContext, call: string): Answers {
  const round = mcpReq.requestState<Partial<Round>>();
  if (round?.call !== call || !round.asked) return {};
  const response = inputResponse(mcpReq.inputResponses, round.asked);
  if (response.kind !== 'elicit') return round.answers ?? {};
  return { ...round.answers, [round.asked]: response.content?.[round.asked] ?? null };
}

const chosen = ({ [CONFIRM]: _, ...answers }: Answers) =>
  Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== null));

/** Only valid calls are confirmed; invalid ones are refused without a question. */
async function confirmationOf(contract: Contract, given: object): Promise<string | undefined> {
  if (!contract.confirms) return undefined;
  const input = await parse(contract.input, given);
  return Array.isArray(input) ? undefined : contract.confirms(input);
}

/** In the older revisions a question needs a session and a stream. */
function canBeAsked({ era, session, streams }: McpRequestContext, { mcpReq }: ServerContext): boolean {
  const introduced = streams ? (session?.introduction as { capabilities?: ClientCapabilities }) : undefined;
  const capabilities = era === 'modern' ? declaredIn(mcpReq.envelope) : introduced?.capabilities;
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

const declaredIn = (envelope: object = {}): ClientCapabilities | undefined =>
  (envelope as Record<string, ClientCapabilities>)[CLIENT_CAPABILITIES_META_KEY];
