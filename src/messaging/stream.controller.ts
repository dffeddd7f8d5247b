import { once } from 'node:events';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import { admitCall } from '../kernel/admission.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/errors.js';
import { assertCovers } from '../kernel/operation.js';
import { whenClosed } from '../platform/limits/when-closed.js';
import { messageView } from './message.view.js';
import { Reading } from './reading.service.js';

/** Proxies close a connection that is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** A client that reads nothing for this long is disconnected; with Last-Event-ID it continues without loss. */
const STUCK_MS = 30_000;

/** The only route that is written by hand, because a stream is not an operation. */
@Controller()
export class StreamController {
  constructor(
    private readonly reading: Reading,
    private readonly clock: Clock,
  ) {}

  /**
   * Server-sent events: the messages that the caller's seat may see (`?seat=` if they have several) after
   * `Last-Event-ID` or `?cursor=`, then new ones as they come.
   */
  @Get('channels/:channelId/events')
  async events(@Param('channelId') channelId: string, @Req() request: Request, @Res() response: Response) {
    const { caller } = request;
    assertCovers(caller, 'channels');
    const gone = new AbortController();
    const end = () => gone.abort();
    response.on('close', end);
    caller.ended?.addEventListener('abort', end);
    whenClosed(response, await admitCall({ caller, cost: 1 }));
    let cursor = cursorOf(request);
    const seat = seatOf(request);
    let began: ChannelStanding | undefined;
    for (let isOpen = false; !gone.signal.aborted; isOpen = true) {
      const timeoutMs = isOpen ? Math.min(HEARTBEAT_MS, this.remaining(caller)) : 0;
      const wait = { channelId, seat, began, cursor, limit: 100, timeoutMs, signal: gone.signal };
      // The rights are checked at every turn: losing the seat ends the stream.
      const next = this.reading.nextPage(caller, wait);
      const { page, standing, stopped } = isOpen ? await next.catch(() => ENDED) : await next;
      if (!page || stopped || gone.signal.aborted || this.remaining(caller) <= 0) break;
      if (!isOpen) open(response);
      const news = page.entries.map((entry) => eventOf(entry.seq, messageView(entry))).join('');
      if (!(await taken(response, news || (isOpen ? ': still here\n\n' : '')))) break;
      cursor = page.cursor;
      began ??= standing;
    }
    if (caller.ended?.aborted && !response.headersSent) throw new DomainError('INVALID_TOKEN');
    response.end();
  }

  /** The time until the token expires, which ends the stream. */
  private remaining({ expiresAt = Number.POSITIVE_INFINITY }: Caller) {
    return expiresAt - this.clock.now();
  }
}

const ENDED = { page: undefined, standing: undefined, stopped: true };

function seatOf({ query: { seat } }: Request): string | undefined {
  if (seat === undefined || (typeof seat === 'string' && /^\w{1,8}$/.test(seat))) return seat;
  throw new DomainError('INVALID_REQUEST', 'seat must be the id of a slot');
}

function cursorOf({ headers, query }: Request): number {
  const text = headers['last-event-id'] ?? query.cursor ?? '0';
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) {
    throw new DomainError('INVALID_REQUEST', 'Last-Event-ID must be the id of a message');
  }
  return Number(text);
}

function open(response: Response) {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
}

/** False if the client reads too slowly. The next page is read only after this one is sent. */
async function taken(response: Response, text: string): Promise<boolean> {
  if (text === '' || response.write(text)) return true;
  const signal = AbortSignal.timeout(STUCK_MS);
  return Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).then(
    () => true,
    () => false,
  );
}

const eventOf = (id: number, data: object) => `id: ${id}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`;
