import { createHmac } from 'node:crypto';
import type { Json } from '../../../bot-sdk/contract.js';
import type { JsonSchema } from '../../kernel/json-schema.js';
import { project } from '../../kernel/schema.js';
import type { Attachment } from '../attachments/attachment.entity.js';

/**
 * The part of a state that may be shown during a round. Admins of a channel may play in it, so only fields that the
 * manifest declares as public are shown; undefined if it declares none.
 */
export function publicStateOf(attachment: Attachment): Json | undefined {
  const { state_public_schema: schema } = attachment.manifest();
  return schema && (project(attachment.state(), schema as JsonSchema) as Json);
}

/**
 * Commits to a state without revealing it: a plain hash of a small state could be guessed. Everyone can check it once
 * the seed of the round is revealed.
 */
export function stateCommitment(stateJson: string, seed: Uint8Array): string {
  return `hmac-sha256:${createHmac('sha256', seed).update('parley-state-v1').update(stateJson).digest('hex')}`;
}
