import { Entry } from './entry.entity.js';

export const MESSAGING_ENTITIES = [Entry];
