import { createHash } from 'node:crypto';
import type { ClientMetadata } from './client-metadata.js';

/**
 * A hash for registrations that may share one client; undefined if the client must not be shared. Public clients with
 * only https redirect URIs may be shared: someone who registers the same URIs cannot receive what is sent there.
 * Loopback ports are open to any local program, and a secret has one owner, so those clients are not shared.
 */
export function requestFingerprint({
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
