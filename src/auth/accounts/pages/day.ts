/** A day as everybody reads it, in UTC. */
export const dayOf = (ms: number | null) => (ms === null ? 'never' : new Date(ms).toISOString().slice(0, 10));
