import type { Session } from '../session.js';
import { visible } from '../terminal/visible.js';

/** Shows what is remembered of the sign-in, after asking the server whether it still holds. */
export async function whoami({ access, server, place, out }: Session) {
  await server.read('list_channels', { limit: 1 });
  const { way, scope, expires_at, client } = await access.grant();
  const until = expires_at === undefined ? null : new Date(expires_at).toISOString();
  const facts = { ...place, way, scope: scope ?? null, client_id: client?.client_id ?? null, expires_at: until };
  out.answer(facts, (paint) => [
    `Signed in at ${paint('bold', place.server)} as profile ${place.profile}, ${HOW[way]}.`,
    ...(scope ? [`Scopes: ${visible(scope)}`] : []),
    `Kept in ${place.folder}`,
  ]);
}

const HOW = { browser: 'through a browser', machine: 'as a program', token: 'with a personal access token' };
