import { Entry } from './entry.entity.js';
import { SignedNonce } from './signed-nonce.entity.js';

export const MESSAGING_ENTITIES = [Entry, SignedNonce];
