import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { IsInt, IsString } from 'class-validator';
import { ChannelAccess } from '../channels/channel-access.service.js';
import { ChannelId, SeatField, SeatToPassField } from '../channels/operation-fields.js';
import { seatToPass } from '../channels/own-seats.js';
import { holdSlot } from '../kernel/admission.js';
import type { Caller } from '../kernel/caller.js';
import { isoTime } from '../kernel/clock.js';
import { Operation } from '../kernel/operation.js';
import { Describe } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { Bundles } from './bundle.service.js';
import { gzipOf } from './gzip.js';
import { LogMembers } from './log-members.service.js';
import { TranscriptLinks } from './transcript-links.service.js';
import { fileNameOf, viewerName } from './transcript-scope.js';

/** The price of writing a file once. */
export const TRANSCRIPT_COST = 10;

class ExportTranscript {
  @ChannelId() channel_id!: string;
  @SeatField() seat?: string;
}

class Transcript {
  @Describe('Download the file here. The link needs no token, so do not share it.') @IsString() url!: string;
  @Describe('When the link ends. Call again for another one.') @IsString() expires_at!: string;
  @Describe('Name of the file. It is gzip of JSON; doc://bundle-format explains it.') @IsString() file_name!: string;
  @Describe('SHA-256 of the file.') @IsString() sha256!: string;
  @Describe('Size of the file in bytes.') @IsInt() bytes!: number;
  @Describe('Number of entries of the log in it.') @IsInt() size!: number;
  @Describe('The signed checkpoint over these entries. Compare it with the one of another member.')
  @IsString()
  checkpoint!: string;
  @Describe('The seat for which it was made, or public: messages that this seat may not read are closed in it.')
  @IsString()
  viewer!: string;
  @SeatToPassField() pass_seat?: string;
  @SeatToPassField('The same in words.') seat_hint?: string;
}

@Controller()
export class TranscriptController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly log: LogMembers,
    private readonly bundles: Bundles,
    private readonly links: TranscriptLinks,
  ) {}

  @Operation({
    name: 'export_transcript',
    title: 'Export a transcript',
    summary:
      'Get one file with the whole log of a channel, its bots and proofs, to check offline what happened. Nothing of a round in play is in it.',
    input: ExportTranscript,
    output: Transcript,
    errors: ['NOT_MEMBER', 'SEAT_AMBIGUOUS', 'LOG_ROLLED_BACK', 'LOG_CHANGED'],
    reads: true,
    unlisted: true,
    toolset: 'channels',
    cost: TRANSCRIPT_COST,
  })
  async export({ channel_id, seat }: ExportTranscript, caller: Caller, signal: AbortSignal): Promise<Transcript> {
    const standing = await this.access.standing(this.database.read, channel_id, caller, seat);
    const scope = await this.log.scopeOf(standing);
    const release = holdSlot('transcripts');
    const { sha256, bytes } = await digestOf(this.bundles.text(scope), signal).finally(release);
    const { url, expires } = this.links.issue(scope, caller);
    return {
      url,
      expires_at: isoTime(expires),
      file_name: fileNameOf(scope),
      sha256,
      bytes,
      size: scope.size,
      checkpoint: await this.log.checkpointOf(scope),
      viewer: viewerName(scope),
      ...seatToPass(standing),
    };
  }
}

/** Hash and size of the file, which is not kept. */
async function digestOf(text: AsyncIterable<string>, signal: AbortSignal) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of gzipOf(text)) {
    signal.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
