import type { Json, JsonObject } from '../encoding/json.js';

/**
 * The server removes from what a bot says each field whose name is, or looks like, `verified`, because only the server
 * writes it. The same value without such fields, at any depth.
 */
export function withoutVerdicts(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withoutVerdicts);
  const kept: JsonObject = {};
  for (const [name, inner] of Object.entries(value)) if (!isVerdict(name)) kept[name] = withoutVerdicts(inner);
  return kept;
}

/** Look-alikes in other scripts are removed by the server, too; here only the usual ones are known. */
function isVerdict(name: string): boolean {
  if (/^[a-z]+$/.test(name)) return name === 'verified';
  const letters = name.normalize('NFKD').toLowerCase().replace(/\P{L}/gu, '');
  return letters === 'verified';
}
