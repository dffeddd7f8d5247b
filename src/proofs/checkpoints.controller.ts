import { Controller } from '@nestjs/common';
import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';
import { ChannelAccess } from '../channels/channel-access.service.js';
import { ChannelId } from '../channels/operation-fields.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { Operation } from '../kernel/operation.js';
import { Describe, IsSafeInt } from '../kernel/schema.js';
import { Database } from '../platform/database/database.js';
import { Checkpoints } from './checkpoints.service.js';
import { type LogProof, LogProofs } from './log-proofs.service.js';
import { readCheckpoint } from './notes/checkpoint.js';
import { readNote } from './notes/signed-note.js';

class GetCheckpoint {
  @IsOptional() @ChannelId('Id of the channel. Without it: the log of the whole server.') channel_id?: string;
}

class CheckpointView {
  @Describe('The signed note: keep it. Whoever holds the same one has seen the same history.')
  @IsString()
  checkpoint!: string;
  @Describe('The number of leaves that it covers.') @IsInt() size!: number;
  @Describe('The root hash, in base64.') @IsString() root!: string;
}

class GetProof {
  @IsOptional() @ChannelId('Id of the channel. Without it: the log of the whole server.') channel_id?: string;
  @Describe('Prove that the log of the channel includes this entry.')
  @IsOptional()
  @IsSafeInt(1)
  msg_id?: number;
  @Describe('Without channel_id: prove that the log of the server includes the leaf at this index, from 0.')
  @IsOptional()
  @IsSafeInt(0)
  index?: number;
  @Describe('Prove that the log begins with its first from_size leaves: that nothing has changed since then.')
  @IsOptional()
  @IsSafeInt(1)
  from_size?: number;
  @Describe('The size of the log to prove it for. Default: that of the newest checkpoint.')
  @IsOptional()
  @IsSafeInt(1)
  size?: number;
}

class ProofView {
  @Describe('The number of leaves of the tree.') @IsInt() size!: number;
  @Describe('The root hash of the tree, in base64.') @IsString() root!: string;
  @Describe('The proof as in RFC 6962, each hash in base64.') @IsArray() @IsString({ each: true }) hashes!: string[];
  @Describe('Of an inclusion proof: the index of the leaf, from 0.') @IsOptional() @IsInt() index?: number;
  @Describe('Of an inclusion proof: the hash of the leaf, in base64.') @IsOptional() @IsString() leaf_hash?: string;
  @Describe('With index: the leaf itself, unless it is a checkpoint of a channel.')
  @IsOptional()
  @IsString()
  leaf?: string;
  @Describe('The signed note, if a checkpoint of this size was signed.') @IsOptional() @IsString() checkpoint?: string;
  @Describe('Of an inclusion proof with a checkpoint: a .tlog-proof file (c2sp.org/tlog-proof).')
  @IsOptional()
  @IsString()
  tlog_proof?: string;
}

@Controller()
export class CheckpointsController {
  constructor(
    private readonly database: Database,
    private readonly access: ChannelAccess,
    private readonly checkpoints: Checkpoints,
    private readonly proofs: LogProofs,
  ) {}

  @Operation({
    name: 'get_checkpoint',
    title: 'Get a checkpoint',
    summary: 'Get the newest signed checkpoint of a channel or of the whole server.',
    input: GetCheckpoint,
    output: CheckpointView,
    errors: ['NOT_MEMBER', 'LOG_ROLLED_BACK', 'LOG_CHANGED'],
    reads: true,
    toolset: 'channels',
    unlisted: true,
  })
  async checkpoint({ channel_id }: GetCheckpoint, caller: Caller): Promise<CheckpointView> {
    if (channel_id === undefined) return viewOf((await this.checkpoints.ofServer()).note);
    const { channel } = await this.access.outline(this.database.read, channel_id, caller);
    return viewOf((await this.checkpoints.covering(channel_id, channel.lastSeq)).note);
  }

  @Operation({
    name: 'get_proof',
    title: 'Get a proof',
    summary:
      'Get the proof that a log includes an entry (msg_id), that it begins with an earlier state (from_size), or that the log of the server includes the newest checkpoint of a channel (only channel_id).',
    input: GetProof,
    output: ProofView,
    errors: ['NOT_MEMBER', 'MESSAGE_NOT_FOUND', 'LOG_ROLLED_BACK', 'LOG_CHANGED'],
    reads: true,
    toolset: 'channels',
    unlisted: true,
  })
  async proof(input: GetProof, caller: Caller): Promise<ProofView> {
    const { channel_id, msg_id, index, from_size } = input;
    const asked = [msg_id, index, from_size].filter((given) => given !== undefined);
    if (asked.length > 1) throw new DomainError('INVALID_REQUEST', 'give only one of msg_id, index and from_size');
    return proofView(
      await (channel_id === undefined ? this.ofServer(input) : this.ofChannel(channel_id, input, caller)),
    );
  }

  private ofServer({ msg_id, index, from_size, size }: GetProof): Promise<LogProof> {
    if (msg_id !== undefined) throw new DomainError('INVALID_REQUEST', 'msg_id needs channel_id');
    if (index !== undefined) return this.proofs.ofServerLeaf(index, size);
    if (from_size !== undefined) return this.proofs.ofGrowth(undefined, from_size, size);
    throw new DomainError('INVALID_REQUEST', 'give channel_id, index or from_size');
  }

  private async ofChannel(channelId: string, { msg_id, index, from_size, size }: GetProof, caller: Caller) {
    if (index !== undefined)
      throw new DomainError('INVALID_REQUEST', 'index is for the log of the server: give msg_id');
    const { channel } = await this.access.outline(this.database.read, channelId, caller);
    if (Math.max(msg_id ?? 0, from_size ?? 0, size ?? 0) > channel.lastSeq) throw new DomainError('MESSAGE_NOT_FOUND');
    if (msg_id !== undefined) return this.proofs.ofEntry(channelId, msg_id, size);
    if (from_size !== undefined) return this.proofs.ofGrowth(channelId, from_size, size);
    return this.proofs.ofCheckpoint(await this.checkpoints.covering(channelId, channel.lastSeq));
  }
}

function viewOf(note: string): CheckpointView {
  const { size, root } = readCheckpoint(readNote(note)?.text ?? '') ?? { size: 0, root: Buffer.alloc(0) };
  return { checkpoint: note, size, root: base64(root) };
}

const proofView = ({ size, root, note, hashes, leaf, file }: LogProof): ProofView => ({
  size,
  root: base64(root),
  hashes: hashes.map(base64),
  ...(leaf && { index: leaf.index, leaf_hash: base64(leaf.hash) }),
  ...(leaf?.text && { leaf: leaf.text }),
  ...(note && { checkpoint: note }),
  ...(file && { tlog_proof: file }),
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
