const SECOND = 1_000;
const SHORTEST_MS = 30 * SECOND;
const LONGEST_MS = 86_400 * SECOND;
/** Where nothing is said. */
const USUAL_MS = 600 * SECOND;

/** How long an answer counts as new (RFC 9111), within bounds: neither asked for all the time, nor believed for ever. */
export function freshFor(headers: readonly (readonly [name: string, value: string])[]): number {
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const directives = valuesOf('cache-control').join(',').toLowerCase();
  if (/\bno-(store|cache)\b/.test(directives)) return SHORTEST_MS;
  const maxAge = /\bmax-age="?(\d{1,10})/.exec(directives)?.[1];
  if (maxAge === undefined) return USUAL_MS;
  const age = Number(/^\d{1,10}$/.exec(valuesOf('age')[0] ?? '')?.[0] ?? 0);
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (Number(maxAge) - age) * SECOND));
}
