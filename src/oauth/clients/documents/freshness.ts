const SECOND = 1_000;
const MIN_MS = 30 * SECOND;
const MAX_MS = 86_400 * SECOND;
/** The lifetime of a response without caching headers. */
const USUAL_MS = 600 * SECOND;

/** How long a response is fresh (RFC 9111), in milliseconds, within a minimum and a maximum. */
export function freshFor(headers: readonly (readonly [name: string, value: string])[]): number {
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const directives = valuesOf('cache-control').join(',').toLowerCase();
  if (/\bno-(store|cache)\b/.test(directives)) return MIN_MS;
  const maxAge = /\bmax-age="?(\d{1,10})/.exec(directives)?.[1];
  if (maxAge === undefined) return USUAL_MS;
  const age = Number(/^\d{1,10}$/.exec(valuesOf('age')[0] ?? '')?.[0] ?? 0);
  return Math.min(MAX_MS, Math.max(MIN_MS, (Number(maxAge) - age) * SECOND));
}
