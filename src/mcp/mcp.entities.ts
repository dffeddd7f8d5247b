import { KeptSession } from './sessions/kept-session.entity.js';

export const MCP_ENTITIES = [KeptSession];
