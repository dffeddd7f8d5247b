import { createMcpHandler, InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { inBackground } from '../kernel/background.js';
import { toAuthInfo } from './asking.js';
import { type Exchange, endOf } from './exchange.js';
import { messagesOf } from './json-rpc.js';
import { Resources } from './resources.js';
import { ServerFactory } from './server-factory.js';
import { ownerOf } from './session.js';

const MOST_PER_CALLER = 20;
const MOST = 5_000;
const MOST_WATCHED = 100;

interface Open {
  readonly owner: string;
  close(): void;
}

export const asksToListen = (body: unknown) => messagesOf(body)[0]?.method === 'subscriptions/listen';

/**
 * The streams of `subscriptions/listen` (revision 2026-07-28). Each has a bus of its own, onto which only comes what its
 * caller may know: an address that they may not read is taken out of what is acknowledged, as one that there is not.
 */
@Injectable()
export class Listening implements OnModuleDestroy {
  private readonly open = new Set<Open>();

  constructor(
    private readonly servers: ServerFactory,
    private readonly resources: Resources,
  ) {}

  async answer(web: Request, exchange: Exchange): Promise<Response> {
    const { asking, body } = exchange;
    const bus = new InMemoryServerEventBus();
    const end = endOf(exchange);
    const { watched, stop } = await this.watch(exchange, bus);
    const handler = createMcpHandler(() => this.servers.create(asking), {
      legacy: 'reject',
      bus,
      maxSubscriptions: this.hasRoomFor(ownerOf(asking.caller)) ? 1 : 0,
    });
    const close = () => {
      this.open.delete(listener);
      stop();
      inBackground('closing a subscription', handler.close());
    };
    const listener: Open = { owner: ownerOf(asking.caller), close };
    this.open.add(listener);
    if (end.aborted) close();
    end.addEventListener('abort', close);
    return handler.fetch(web, { authInfo: toAuthInfo(asking), parsedBody: narrowed(body, watched) });
  }

  /** Told that it is over, a client opens a new one. */
  onModuleDestroy() {
    for (const { close } of this.open) close();
  }

  private async watch(exchange: Exchange, bus: InMemoryServerEventBus) {
    const { asking } = exchange;
    const filter = filterOf(exchange.body);
    const stops = filter.resourcesListChanged
      ? [await this.resources.watchLists(asking.caller, () => bus.publish({ kind: 'resources_list_changed' }))]
      : [];
    const watched: string[] = [];
    for (const uri of urisOf(filter)) {
      const changed = () => bus.publish({ kind: 'resource_updated', uri });
      const stop = await this.resources.watch(uri, asking, changed).catch(() => undefined);
      if (stop) watched.push(uri);
      if (stop) stops.push(stop);
    }
    return { watched, stop: () => stops.forEach((stop) => void stop()) };
  }

  private hasRoomFor(owner: string) {
    const own = [...this.open].filter((listener) => listener.owner === owner);
    return this.open.size < MOST && own.length < MOST_PER_CALLER;
  }
}

const filterOf = (body: unknown) =>
  (messagesOf(body)[0]?.params?.notifications ?? {}) as Readonly<Record<string, unknown>>;

function urisOf({ resourceSubscriptions: uris }: Readonly<Record<string, unknown>>): string[] {
  const isList = Array.isArray(uris) && uris.every((uri) => typeof uri === 'string');
  return isList ? [...new Set(uris as string[])].slice(0, MOST_WATCHED) : [];
}

/** A body that is no proper request stays as it is: the SDK says what is wrong with it. */
function narrowed(body: unknown, watched: string[]): unknown {
  if (!urisOf(filterOf(body)).length) return body;
  const { params, ...message } = body as { params: { notifications: object } };
  return {
    ...message,
    params: { ...params, notifications: { ...params.notifications, resourceSubscriptions: watched } },
  };
}
