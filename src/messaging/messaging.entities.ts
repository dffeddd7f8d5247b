import { EntropyGift } from './entropy-gift.entity.js';
import { Entry } from './entry.entity.js';
import { Seating } from './seating.entity.js';
import { SignedNonce } from './signed-nonce.entity.js';

export const MESSAGING_ENTITIES = [EntropyGift, Entry, Seating, SignedNonce];
