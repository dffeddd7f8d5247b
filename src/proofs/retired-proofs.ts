import { Injectable } from '@nestjs/common';
import { ChannelRetired, ChannelRetiring } from '../channels/channel.events.js';
import { Events } from '../platform/events.js';
import { Checkpoints } from './checkpoints.service.js';
import { ChannelTrees } from './log/channel-trees.js';

/** The file of a retired channel has its last checkpoint, and the proof that it is in the server-wide log. */
@Injectable()
export class RetiredProofs {
  constructor(
    events: Events,
    private readonly checkpoints: Checkpoints,
    trees: ChannelTrees,
  ) {
    events.on(ChannelRetiring, async ({ channelId, lines }) => {
      lines.push(this.lines(channelId));
    });
    events.on(ChannelRetired, ({ channelId }) => trees.forget(channelId));
  }

  private async *lines(channelId: string): AsyncGenerator<object> {
    await this.checkpoints.seal(channelId);
    const found = await this.checkpoints.ifSigned(channelId, 1);
    if (!found) return;
    const { proof } = await this.checkpoints.proofOf(found);
    yield { type: 'checkpoint', note: found.note, proof };
  }
}
