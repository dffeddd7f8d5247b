import { createHmac } from 'node:crypto';
import type { Json } from '../../../bot-sdk/contract.js';
import { type JsonSchema, project } from '../../kernel/schema.js';
import type { Attachment } from '../attachment.entity.js';

/**
 * What of a state may be seen while it is in use. Admins of a channel play in it, so that is only what the manifest says,
 * which everyone has read; undefined where it says nothing.
 */
export function publicStateOf(attachment: Attachment): Json | undefined {
  const { state_public_schema: schema } = attachment.manifest();
  return schema && (project(attachment.state(), schema as JsonSchema) as Json);
}

/**
 * Commits to a state without telling it: a plain hash of a small one could be guessed. It can be checked by everyone once
 * the seed of the round is revealed.
 */
export function stateCommitment(stateJson: string, seed: Uint8Array): string {
  return `hmac-sha256:${createHmac('sha256', seed).update('parley-state-v1').update(stateJson).digest('hex')}`;
}
