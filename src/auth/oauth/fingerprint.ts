import { createHash } from 'node:crypto';
import type { ClientMetadata } from './client-metadata.js';

/**
 * What registrations have in common that may share a client; undefined where one is to be its own. Shared are public clients
 * whose every answer goes to an https address: whoever registers that address again cannot receive what is sent there, so
 * the client gives him nothing. On a loopback port anyone may listen, and a secret has one owner.
 */
export function fingerprintOf({
  name,
  authMethod,
  redirectUris,
  grantTypes,
  jwks,
  jwksUri,
}: ClientMetadata): string | undefined {
  if (authMethod !== 'none' || jwks || jwksUri || !redirectUris.length) return undefined;
  if (!redirectUris.every((uri) => new URL(uri).protocol === 'https:')) return undefined;
  const said = JSON.stringify([name, [...redirectUris].sort(), [...grantTypes].sort()]);
  return createHash('sha256').update(said).digest('hex');
}
