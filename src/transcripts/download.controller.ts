import { pipeline } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ChannelAccess } from '../channels/channel-access.service.js';
import { admitCall, holdSlot } from '../kernel/admission.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { assertCovers } from '../kernel/operation.js';
import { Database } from '../platform/database/database.js';
import { whenClosed } from '../platform/limits/when-closed.js';
import { Bundles } from './bundle.service.js';
import { gzipOf } from './gzip.js';
import { LogMembers } from './log-members.service.js';
import { TRANSCRIPT_COST } from './transcript.controller.js';
import { TranscriptLinks } from './transcript-links.service.js';
import { fileNameOf, type TranscriptScope } from './transcript-scope.js';

/** A client that reads nothing for this long is disconnected. */
const STUCK_MS = 30_000;

const MAX_LISTENERS = 30;

/** Written by hand, because a file is not an operation. */
@Controller()
export class DownloadController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly log: LogMembers,
    private readonly bundles: Bundles,
    private readonly links: TranscriptLinks,
  ) {}

  /**
   * The file of `export_transcript`: with a token (`?seat=` if the caller has several), or without one through the link
   * that `export_transcript` gave (`?link=`).
   */
  @Get('channels/:channelId/transcript')
  async download(
    @Param('channelId') channelId: string,
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
    @Res() response: Response,
  ) {
    const [link, seat] = [textIn(query, 'link'), textIn(query, 'seat')];
    const scope = link === undefined ? await this.ofCaller(request, response, channelId, seat) : undefined;
    const file = scope ?? (await this.ofLink(response, channelId, link as string));
    response.writeHead(200, {
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename="${fileNameOf(file)}"`,
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    // The limits of the request and the streams all listen for its end.
    response.setMaxListeners(MAX_LISTENERS);
    response.setTimeout(STUCK_MS, () => response.destroy());
    // After the first bytes an error can only end the connection: the client sees that the file is incomplete.
    pipeline(gzipOf(this.bundles.text(file)), response, () => {});
    request.caller?.ended?.addEventListener('abort', () => response.destroy());
  }

  private async ofCaller({ caller }: Request, response: Response, channelId: string, seat?: string) {
    assertCovers(caller, 'channels');
    await admit(response, caller);
    return this.log.scopeOf(await this.access.standing(this.database.read, channelId, caller, seat));
  }

  private async ofLink(response: Response, channelId: string, text: string): Promise<TranscriptScope> {
    const { scope, owner } = await this.links.open(text, channelId);
    await admit(response, { ...owner, sessionId: '', name: '', scopes: [], role: 'guest' });
    return scope;
  }
}

/** A download counts for the account of the caller, or of the one who made the link. */
async function admit(response: Response, caller: Caller) {
  const leave = await admitCall({ caller, cost: TRANSCRIPT_COST });
  try {
    const release = holdSlot('transcripts');
    whenClosed(response, () => {
      release();
      leave();
    });
  } catch (error) {
    leave();
    throw error;
  }
}

function textIn(query: Record<string, unknown>, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new DomainError('INVALID_REQUEST', `${name} must be given once`);
}
