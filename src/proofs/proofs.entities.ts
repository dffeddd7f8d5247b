import { AwaitedLeaf } from './log/awaited-leaf.entity.js';
import { ServerCheckpoint } from './log/server-checkpoint.entity.js';
import { ServerLeaf } from './log/server-leaf.entity.js';
import { TreeNode } from './log/tree-node.entity.js';

export const PROOFS_ENTITIES = [AwaitedLeaf, ServerCheckpoint, ServerLeaf, TreeNode];
