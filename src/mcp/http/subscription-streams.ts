import { createMcpHandler, InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { toAuthInfo } from '../requests/mcp-request-context.js';
import { Resources } from '../resources/resources.js';
import { ServerFactory } from '../server/server-factory.js';
import { ownerOf } from '../sessions/mcp-session.js';
import { endOf, type HttpExchange } from './http-exchange.js';
import { messagesOf } from './json-rpc.js';

const MAX_PER_CALLER = 20;
const MOST = 5_000;
const MAX_WATCHED = 100;

interface Open {
  readonly owner: string;
  close(): void;
}

export const asksToListen = (body: unknown) => messagesOf(body)[0]?.method === 'subscriptions/listen';

/**
 * The streams of `subscriptions/listen` (revision 2026-07-28). Each carries only events that its caller may see;
 * resources that the caller may not read are removed from the acknowledgement, as if they did not exist.
 */
@Injectable()
export class SubscriptionStreams implements OnModuleDestroy {
  private readonly open = new Set<Open>();

  constructor(
    private readonly servers: ServerFactory,
    private readonly resources: Resources,
  ) {}

  async answer(web: Request, exchange: HttpExchange): Promise<Response> {
    const { requestContext, body } = exchange;
    const bus = new InMemoryServerEventBus();
    const end = endOf(exchange);
    const { watched, stop } = await this.watch(exchange, bus);
    const handler = createMcpHandler(() => this.servers.create(requestContext), {
      legacy: 'reject',
      bus,
      maxSubscriptions: this.hasRoomFor(ownerOf(requestContext.caller)) ? 1 : 0,
    });
    const close = () => {
      this.open.delete(listener);
      stop();
      inBackground('closing a subscription', handler.close());
    };
    const listener: Open = { owner: ownerOf(requestContext.caller), close };
    this.open.add(listener);
    if (end.aborted) close();
    end.addEventListener('abort', close);
    return handler.fetch(web, { authInfo: toAuthInfo(requestContext), parsedBody: narrowed(body, watched) });
  }

  /** Ends all streams, so that clients open new ones elsewhere. */
  onModuleDestroy() {
    for (const { close } of this.open) close();
  }

  private async watch(exchange: HttpExchange, bus: InMemoryServerEventBus) {
    const { requestContext } = exchange;
    const filter = filterOf(exchange.body);
    const stops = filter.resourcesListChanged
      ? [await this.resources.watchLists(requestContext.caller, () => bus.publish({ kind: 'resources_list_changed' }))]
      : [];
    const watched: string[] = [];
    for (const uri of urisOf(filter)) {
      const changed = () => bus.publish({ kind: 'resource_updated', uri });
      const stop = await this.resources.watch(uri, requestContext, changed).catch(() => undefined);
      if (stop) watched.push(uri);
      if (stop) stops.push(stop);
    }
    return { watched, stop: () => stops.forEach((stop) => void stop()) };
  }

  private hasRoomFor(owner: string) {
    const own = [...this.open].filter((listener) => listener.owner === owner);
    return this.open.size < MOST && own.length < MAX_PER_CALLER;
  }
}

const filterOf = (body: unknown) =>
  (messagesOf(body)[0]?.params?.notifications ?? {}) as Readonly<Record<string, unknown>>;

function urisOf({ resourceSubscriptions: uris }: Readonly<Record<string, unknown>>): string[] {
  const isList = Array.isArray(uris) && uris.every((uri) => typeof uri === 'string');
  return isList ? [...new Set(uris as string[])].slice(0, MAX_WATCHED) : [];
}

/** A malformed body is unchanged; the SDK reports the error. */
function narrowed(body: unknown, watched: string[]): unknown {
  if (!urisOf(filterOf(body)).length) return body;
  const { params, ...message } = body as { params: { notifications: object } };
  return {
    ...message,
    params: { ...params, notifications: { ...params.notifications, resourceSubscriptions: watched } },
  };
}
