import type { SeatOfViewer } from '../messaging/viewer.js';
import type { SignedSize } from '../proofs/checkpoints.service.js';

/**
 * What determines the bytes of a transcript: a channel, the number of its entries that are included, the checkpoint of
 * the server-wide log, and the seat whose view it is. Without a seat it has what everyone may read.
 */
export interface TranscriptScope {
  readonly channelId: string;
  readonly size: number;
  readonly server: SignedSize;
  readonly seat?: SeatOfViewer;
}

/** The member `viewer` of the file. */
export const viewerName = ({ seat }: TranscriptScope) => seat?.slotId ?? 'public';

export const fileNameOf = ({ channelId }: TranscriptScope) => `${channelId}.parley.json.gz`;
