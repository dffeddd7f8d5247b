import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../kernel/caller.js';
import { DomainError, printable } from '../kernel/errors.js';
import type { Content, News, ResourceContract, Variables } from '../kernel/resource.js';
import { ContextCatalog, type ListedResource } from '../platform/context-catalog.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import type { Asking } from './asking.js';
import type { Handlers } from './handlers.js';
import { toProtocolError } from './protocol-error.js';
import { mayUse } from './scopes.js';
import type { Session } from './session.js';
import { SessionMemory } from './session-memory.js';
import { visibleJson } from './visible-json.js';

/** What is declared with @Resource, listed, read and watched by its address. */
@Injectable()
export class Resources {
  constructor(
    private readonly catalog: ContextCatalog,
    private readonly memory: SessionMemory,
    @Inject(LOG) private readonly log: Log,
  ) {}

  handlers(asking: Asking): Handlers {
    return {
      'resources/list': async () => ({ resources: await this.listedFor(asking.caller) }),
      'resources/templates/list': () => ({ resourceTemplates: this.templatesFor(asking.caller) }),
      'resources/read': ({ params }) => this.read(params.uri, asking),
      'resources/subscribe': ({ params }) => this.subscribe(params.uri, asking),
      'resources/unsubscribe': ({ params }) => this.unsubscribe(params.uri, asking),
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

  /** Calls back whenever reading again would show something new. What there is no news of is never called back. */
  async watch(uri: string, asking: Asking, changed: (news?: News) => void): Promise<() => void> {
    const { found, variables } = this.find(uri, asking.caller);
    try {
      return (await found.reader.watch?.(variables, asking.caller, changed)) ?? (() => {});
    } catch (error) {
      throw this.missing(error, uri, asking);
    }
  }

  /** Watches again for a session that was forgotten, and has it read again: nobody knows what it missed. */
  async resume(session: Session, uris: readonly string[], asking: Asking) {
    for (const uri of uris) {
      const isReadable = await this.begin(session, uri, asking).catch(() => false);
      if (isReadable) session.say(updated(uri));
    }
  }

  /** Calls back whenever the list would be another. */
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

  private async read(uri: string, asking: Asking): Promise<ReadResourceResult> {
    const { found, variables } = this.find(uri, asking.caller);
    const { contract, reader } = found;
    try {
      const content = await reader.read(variables, asking.caller);
      return { contents: [{ uri, mimeType: contract.mimeType, ...written(content) }] };
    } catch (error) {
      throw this.missing(error, uri, asking);
    }
  }

  private async subscribe(uri: string, asking: Asking) {
    const { session } = asking;
    if (!session) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, NEEDS_SESSION);
    if (session.isWatching(uri)) return {};
    if (!(await this.begin(session, uri, asking))) throw new ProtocolError(ProtocolErrorCode.InvalidRequest, TOO_MUCH);
    await this.memory.keep(session);
    return {};
  }

  private async unsubscribe(uri: string, { session }: Asking) {
    if (!session?.isWatching(uri)) return {};
    session.unwatch(uri);
    await this.memory.keep(session);
    return {};
  }

  /** False where the session watches too much already. */
  private async begin(session: Session, uri: string, asking: Asking): Promise<boolean> {
    const stop = await this.watch(uri, { ...asking, caller: session.caller }, () => session.say(updated(uri)));
    const hasRoom = session.watches(uri, stop);
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

  /** What somebody may not read is as unknown as what there is not. Whoever only has to ask otherwise is told how. */
  private missing(error: unknown, uri: string, asking: Asking) {
    const known = toProtocolError(error, asking.requestId);
    if (known && error instanceof DomainError && error.code === 'SEAT_AMBIGUOUS') return known;
    if (known) return new ResourceNotFoundError(printable(uri));
    this.log.error({ request_id: asking.requestId, err: error });
    return new ProtocolError(ProtocolErrorCode.InternalError, 'The server failed.');
  }
}

const TOO_MUCH = 'This session watches too much: unsubscribe first.';
const NEEDS_SESSION = 'Watching needs a session: send the Mcp-Session-Id that initialize gave you.';

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
