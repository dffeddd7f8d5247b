import type { Grant } from '../credentials/grant.js';
import { formOf } from '../oauth/token-request.js';
import { reach } from '../reach.js';
import type { Session } from '../session.js';

/** Ends the sign-in at the server (RFC 7009) and forgets it here, which happens even where the server cannot be told. */
export async function logout({ access, place: { server }, out }: Session) {
  const { store } = access;
  const told = await store.exclusively(async () => {
    const grant = await store.read();
    await store.remove();
    return grant && (await tell(grant));
  });
  out.answer({ server, signed_in: false, server_told: told ?? null }, () =>
    told === undefined ? `You were not signed in at ${server}.` : `Signed out of ${server}.`,
  );
  if (told === false)
    out.aside('The server could not be told: its tokens hold until they expire, or until you revoke them there.');
}

async function tell({ client, way, refresh_token, access_token, revocation_endpoint }: Grant): Promise<boolean> {
  if (!revocation_endpoint || way === 'token') return false;
  const form = {
    token: refresh_token ?? access_token,
    client_id: client?.client_id,
    client_secret: client?.client_secret,
  };
  return reach(revocation_endpoint, { method: 'POST', body: formOf(form) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
