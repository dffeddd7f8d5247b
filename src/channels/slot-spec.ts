import { DomainError, printable } from '../kernel/errors.js';
import { hiddenFault, hiddenIn } from '../kernel/visible-text.js';
import type { SlotKind } from './slot.entity.js';

export interface SlotSpec {
  readonly kind: SlotKind;
  readonly label: string;
}

const KINDS: readonly string[] = ['bot', 'invite', 'observe'];
const LABEL = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u;

/**
 * Reads `kind:label` (`invite:alice`); the default label is the kind with its position (`invite_2`). Throws for
 * anything else.
 */
export function readSlot(text: string, position: number): SlotSpec {
  const [kind = '', ...rest] = text.split(':');
  const label = rest.length ? rest.join(':') : defaultLabel(kind, position);
  if (!KINDS.includes(kind)) {
    throw new DomainError(
      'INVALID_REQUEST',
      `slot ${position + 1} (${printable(text, 40)}) is neither bot:…, invite:… nor observe:…`,
    );
  }
  const hidden = hiddenIn(label);
  if (hidden) throw new DomainError('INVALID_REQUEST', hiddenFault(`the label of slot ${position + 1}`, hidden));
  if (!LABEL.test(label)) {
    throw new DomainError(
      'INVALID_REQUEST',
      `the label of slot ${position + 1} must be 1 to 40 letters, digits, spaces or any of _ . -`,
    );
  }
  return { kind: kind as SlotKind, label };
}

/** The label of a slot without a given label. */
export const defaultLabel = (kind: string, position: number) => `${kind}_${position}`;
