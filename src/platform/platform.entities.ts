import { ServerProcess } from './database/server-process.entity.js';

export const PLATFORM_ENTITIES = [ServerProcess];
