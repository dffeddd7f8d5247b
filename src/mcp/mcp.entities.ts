import { KeptSession } from './kept-session.entity.js';

export const MCP_ENTITIES = [KeptSession];
