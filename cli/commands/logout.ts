import type { SavedSignIn } from '../oauth/saved-sign-in.js';
import { formOf } from '../oauth/token-request.js';
import { reach } from '../server/reach.js';
import type { CliSession } from '../session/cli-session.js';

/** Revokes the sign-in at the server (RFC 7009) and deletes it here, even if the server cannot be reached. */
export async function logout({ access, place: { server }, out }: CliSession) {
  const { store } = access;
  const wasRevoked = await store.exclusively(async () => {
    const grant = await store.read();
    await store.remove();
    return grant && (await revoke(grant));
  });
  out.answer({ server, signed_in: false, server_told: wasRevoked ?? null }, () =>
    wasRevoked === undefined ? `You were not signed in at ${server}.` : `Signed out of ${server}.`,
  );
  if (wasRevoked === false)
    out.aside('The server could not be reached: its tokens stay valid until they expire or you revoke them there.');
}

async function revoke({
  client,
  way,
  refresh_token,
  access_token,
  revocation_endpoint,
}: SavedSignIn): Promise<boolean> {
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
