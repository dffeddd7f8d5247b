import type { CliSession } from '../session/cli-session.js';
import { visible } from '../terminal/visible.js';

/** Shows the signed-in account, as the server sees it, and where the sign-in is stored. */
export async function whoami({ access, server, place, out }: CliSession) {
  const { you, seats } = await server.read('start_here');
  const { way, expires_at, client } = await access.grant();
  const until = expires_at === undefined ? null : new Date(expires_at).toISOString();
  const facts = { ...place, ...you, way, client_id: client?.client_id ?? null, expires_at: until, seats };
  out.answer(facts, (paint) => [
    `${paint('bold', visible(you.name))} (${visible(you.role)}) at ${place.server}, signed in ${HOW[way]}.`,
    `Scopes: ${visible(you.scopes.join(' '))}. Seats: ${seats.length}.`,
    `Saved in ${place.folder}`,
  ]);
}

const HOW = { browser: 'through a browser', machine: 'as a program', token: 'with a personal access token' };
