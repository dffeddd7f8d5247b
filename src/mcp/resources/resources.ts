import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../kernel/caller.js';
import { DomainError, printable } from '../../kernel/errors.js';
import type { Content, ResourceChange, ResourceContract, Variables } from '../../kernel/resource.js';
import { ContextCatalog, type ListedResource } from '../../platform/catalogs/context-catalog.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { Handlers } from '../requests/handlers.js';
import type { McpRequestContext } from '../requests/mcp-request-context.js';
import { toProtocolError } from '../requests/protocol-error.js';
import { mayUse } from '../requests/scopes.js';
import { visibleJson } from '../requests/visible-json.js';
import type { McpSession } from '../sessions/mcp-session.js';
import { SessionMemory } from '../sessions/session-memory.js';

/** Lists, reads and watches the resources declared with @Resource. */
@Injectable()
export class Resources {
  constructor(
    private readonly catalog: ContextCatalog,
    private readonly memory: SessionMemory,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(requestContext: McpRequestContext): Handlers {
    return {
      'resources/list': async () => ({ resources: await this.listedFor(requestContext.caller) }),
      'resources/templates/list': () => ({ resourceTemplates: this.templatesFor(requestContext.caller) }),
      'resources/read': ({ params }) => this.read(params.uri, requestContext),
      'resources/subscribe': ({ params }) => this.subscribe(params.uri, requestContext),
      'resources/unsubscribe': ({ params }) => this.unsubscribe(params.uri, requestContext),
    };
  }

  async listedFor(caller: Caller) {
    const listed = this.of(caller).map(async ({ contract, reader }) => {
      if (!UriTemplate.isTemplate(contract.uri)) return [{ uri: contract.uri, ...shownOf(contract) }];
      const own = (await reader.list?.(caller)) ?? [];
      return own.map(({ uri, title }) => ({ ...shownOf(contract), uri, name: uri, title }));
    });
    return (await Promise.all(listed)).flat();
  }

  /** Calls `changed` whenever the content changes; never for resources that cannot be watched. */
  async watch(
    uri: string,
    requestContext: McpRequestContext,
    changed: (news?: ResourceChange) => void,
  ): Promise<() => void> {
    const { found, variables } = this.find(uri, requestContext.caller);
    try {
      return (await found.reader.watch?.(variables, requestContext.caller, changed)) ?? (() => {});
    } catch (error) {
      throw this.missing(error, uri, requestContext);
    }
  }

  /** Continues the watches of a restored session and reports each as changed, because changes may have been missed. */
  async resume(session: McpSession, uris: readonly string[], requestContext: McpRequestContext) {
    for (const uri of uris) {
      const isReadable = await this.begin(session, uri, requestContext).catch(() => false);
      if (isReadable) session.send(updated(uri));
    }
  }

  /** Calls `changed` whenever a list of resources changes. */
  async watchLists(caller: Caller, changed: () => void): Promise<() => void> {
    const stops = await Promise.all(this.of(caller).flatMap(({ reader }) => reader.watchList?.(caller, changed) ?? []));
    return () => {
      for (const stop of stops) stop();
    };
  }

  private templatesFor(caller: Caller) {
    return this.of(caller)
      .filter(({ contract }) => UriTemplate.isTemplate(contract.uri))
      .map(({ contract }) => ({ uriTemplate: contract.uri, ...shownOf(contract) }));
  }

  private async read(uri: string, requestContext: McpRequestContext): Promise<ReadResourceResult> {
    const { found, variables } = this.find(uri, requestContext.caller);
    const { contract, reader } = found;
    try {
      const content = await reader.read(variables, requestContext.caller);
      return { contents: [{ uri, mimeType: contract.mimeType, ...written(content) }] };
    } catch (error) {
      throw this.missing(error, uri, requestContext);
    }
  }

  private async subscribe(uri: string, requestContext: McpRequestContext) {
    const { session } = requestContext;
    if (!session) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, NEEDS_SESSION);
    if (session.isWatching(uri)) return {};
    if (!(await this.begin(session, uri, requestContext)))
      throw new ProtocolError(ProtocolErrorCode.InvalidRequest, TOO_MUCH);
    await this.memory.keep(session);
    return {};
  }

  private async unsubscribe(uri: string, { session }: McpRequestContext) {
    if (!session?.isWatching(uri)) return {};
    session.unwatch(uri);
    await this.memory.keep(session);
    return {};
  }

  /** False if the session already watches too many resources. */
  private async begin(session: McpSession, uri: string, requestContext: McpRequestContext): Promise<boolean> {
    const stop = await this.watch(uri, { ...requestContext, caller: session.caller }, () => session.send(updated(uri)));
    const hasRoom = session.addWatch(uri, stop);
    if (!hasRoom) stop();
    return hasRoom;
  }

  private of(caller: Caller): ListedResource[] {
    return this.catalog.resources().filter(({ contract }) => mayUse(caller, contract.scope));
  }

  private find(uri: string, caller: Caller): { found: ListedResource; variables: Variables } {
    for (const found of this.of(caller)) {
      const variables = matched(found.contract.uri, uri);
      if (variables) return { found, variables };
    }
    throw new ResourceNotFoundError(printable(uri));
  }

  /**
   * A resource that the caller may not read counts as not found. If only the scope or the seat is missing, the error
   * says so.
   */
  private missing(error: unknown, uri: string, requestContext: McpRequestContext) {
    const known = toProtocolError(error, requestContext.requestId);
    if (known && error instanceof DomainError && error.code === 'SEAT_AMBIGUOUS') return known;
    if (known) return new ResourceNotFoundError(printable(uri));
    this.log.error({ request_id: requestContext.requestId, err: error });
    return new ProtocolError(ProtocolErrorCode.InternalError, 'The server has failed.');
  }
}

const TOO_MUCH = 'This session has too many subscriptions: unsubscribe from some first.';
const NEEDS_SESSION = 'A subscription needs a session: send the Mcp-Session-Id that initialize gave you.';

const updated = (uri: string) =>
  ({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }) as const;

const shownOf = ({ name, title, summary, mimeType }: ResourceContract) => ({
  name,
  title,
  description: summary,
  mimeType,
});

function matched(declared: string, uri: string): Variables | undefined {
  if (!UriTemplate.isTemplate(declared)) return declared === uri ? {} : undefined;
  const variables = new UriTemplate(declared).match(uri);
  return variables ? Object.fromEntries(Object.entries(variables).map(([k, v]) => [k, String(v)])) : undefined;
}

function written(content: Content): { text: string } | { blob: string } {
  if (typeof content === 'string') return { text: content };
  if (content instanceof Uint8Array) return { blob: Buffer.from(content).toString('base64') };
  return { text: visibleJson(content) };
}
