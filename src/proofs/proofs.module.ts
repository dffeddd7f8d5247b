import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { CheckpointsController } from './checkpoints.controller.js';
import { Checkpoints } from './checkpoints.service.js';
import { ChangedLogs } from './log/changed-logs.js';
import { ChannelTrees } from './log/channel-trees.js';
import { HeadFile } from './log/head-file.js';
import { LogKeys } from './log/log-keys.js';
import { NewestHeads } from './log/newest-heads.js';
import { ServerLeaves } from './log/server-leaves.js';
import { ServerLog } from './log/server-log.js';
import { Signing } from './log/signing.js';
import { SpotCheck } from './log/spot-check.js';
import { TreeNodes } from './log/tree-nodes.js';
import { LogKeysController } from './log-keys.controller.js';
import { LogProofs } from './log-proofs.service.js';
import { RetiredProofs } from './retired-proofs.js';
import { ServerRecord } from './server-record.service.js';
import { Witnesses } from './witnesses/witnesses.service.js';

@Module({
  imports: [ChannelsModule],
  controllers: [CheckpointsController, LogKeysController],
  providers: [
    ChangedLogs,
    ChannelTrees,
    Checkpoints,
    HeadFile,
    LogKeys,
    LogProofs,
    NewestHeads,
    ServerLeaves,
    ServerLog,
    RetiredProofs,
    Signing,
    ServerRecord,
    SpotCheck,
    TreeNodes,
    Witnesses,
  ],
  exports: [Checkpoints, ServerRecord, LogKeys, Witnesses],
})
export class ProofsModule {}
