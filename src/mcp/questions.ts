import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import { asksOf, DomainError } from '../kernel/errors.js';
import { sha256 } from '../kernel/hash.js';
import type { Contract } from '../kernel/operation.js';
import { parse, schemaOf } from '../kernel/schema.js';
import type { ListedOperation } from '../platform/operation-catalog.js';
import type { Asking } from './asking.js';
import { RequestState } from './request-state.js';

/** By field: what was chosen, or null where nothing was. */
type Answers = Readonly<Record<string, unknown>>;

/** What a question is bound to: it is about one call, exactly as it was made. */
interface Round {
  readonly call: string;
  readonly asked: string;
  readonly answers: Answers;
}

const CONFIRM = 'confirm';

/**
 * Asks the person behind a caller, where their client can: before something that cannot be undone, and when a call names
 * no seat and could mean several. Where it cannot, the call is made as it is, and an error says what is missing.
 */
@Injectable()
export class Questions {
  constructor(private readonly state: RequestState) {}

  /** The view of the operation, or a question after which the client makes the same call again. */
  async call(operation: ListedOperation, input: object, asking: Asking, context: ServerContext) {
    const { contract } = operation;
    // A client makes the very same call again; where it does not, it is asked again.
    const call = sha256(JSON.stringify({ name: contract.name, input }));
    const answers = answersIn(context, call);
    const mayAsk = canBeAsked(asking, context);
    const question = mayAsk ? await confirmationOf(contract, input) : undefined;
    if (question && answers[CONFIRM] === undefined) {
      return this.ask({ call, asked: CONFIRM, answers }, question, YES_OR_NO, context);
    }
    if (question && answers[CONFIRM] !== true) throw new DomainError('NOT_CONFIRMED');
    try {
      return await operation.call({ ...input, ...chosen(answers) }, asking.caller, context.mcpReq.signal);
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

/** Only for a call that would go through: a wrong one is refused without a question. */
async function confirmationOf(contract: Contract, given: object): Promise<string | undefined> {
  if (!contract.confirms) return undefined;
  const input = await parse(contract.input, given);
  return Array.isArray(input) ? undefined : contract.confirms(input);
}

/** In the older revisions a question needs a session, and a stream to go out on. */
function canBeAsked({ era, session, streams }: Asking, { mcpReq }: ServerContext): boolean {
  const introduced = streams ? (session?.introduction as { capabilities?: ClientCapabilities }) : undefined;
  const capabilities = era === 'modern' ? declaredIn(mcpReq.envelope) : introduced?.capabilities;
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

const declaredIn = (envelope: object = {}): ClientCapabilities | undefined =>
  (envelope as Record<string, ClientCapabilities>)[CLIENT_CAPABILITIES_META_KEY];
