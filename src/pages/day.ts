/** A date as YYYY-MM-DD in UTC; `never` for null. */
export const dayOf = (ms: number | null) => (ms === null ? 'never' : new Date(ms).toISOString().slice(0, 10));
