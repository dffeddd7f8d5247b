import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { ChannelStanding } from '../channels/channel-access.service.js';
import { Checkpoints } from '../proofs/checkpoints.service.js';
import { LogKeys } from '../proofs/log/log-keys.js';
import { Witnesses } from '../proofs/witnesses/witnesses.service.js';
import type { TranscriptScope } from './transcript-scope.js';

/** What a transcript has from the log of the server: checkpoints, proofs and keys. */
@Injectable()
export class LogMembers {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly keys: LogKeys,
    private readonly witnesses: Witnesses,
  ) {}

  /**
   * The transcript of what a caller may see now. Its size is the one of a signed checkpoint that covers every entry up
   * to now, and witnesses have had time to sign that. Throws LOG_ROLLED_BACK or LOG_CHANGED if the entries are not those that were signed.
   */
  async scopeOf({ channel: { id: channelId, lastSeq }, seat }: ChannelStanding): Promise<TranscriptScope> {
    const checkpoint = await this.checkpoints.covering(channelId, lastSeq);
    await this.witnesses.settled();
    const server = await this.checkpoints.serverFor(checkpoint);
    const its = seat && { seat: { slotId: seat.slotId, sinceSeq: seat.sinceSeq } };
    return { channelId, size: checkpoint.size, server: { size: server.size, note: server.note }, ...its };
  }

  /** Members of a bundle, each as canonical JSON. */
  async of({ channelId, size, server }: TranscriptScope): Promise<Record<string, string>> {
    const checkpoint = await this.signed(channelId, size);
    const members = {
      checkpoint: checkpoint.note,
      checkpoint_proof: (await this.checkpoints.proofOf(checkpoint, server)).proof,
      entry_proof: await this.checkpoints.entryProof(checkpoint, size),
      keys: this.keys.verifierKeys,
      origin: this.keys.origin,
      policy: this.keys.policy,
      server_checkpoint: server.note,
    };
    return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, canonicalJson(value)]));
  }

  async checkpointOf({ channelId, size }: TranscriptScope): Promise<string> {
    return (await this.signed(channelId, size)).note;
  }

  private async signed(channelId: string, size: number) {
    return (await this.checkpoints.at(channelId, size)) ?? this.checkpoints.covering(channelId, size);
  }
}
