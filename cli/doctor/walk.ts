import type { Session } from '../session.js';
import { readAddress } from './address.js';
import type { Asker } from './asker.js';
import { readChallenge } from './challenge.js';
import type { Examination } from './examination.js';
import { type Issuer, readIssuer } from './issuer.js';
import { readTools, speakLegacy, speakModern } from './mcp.js';
import { ASSISTANTS, DOCTOR, type Persona } from './personas.js';
import { type ProtectedResource, readResource } from './resource.js';
import { authorize, redeem, register, type Tokens } from './sign-in.js';

const NEEDS_A_PERSON = 'A person has to approve here.';

/** Walks the way that a connector walks, from the typed address to the list of tools. */
export async function walk(examination: Examination, asker: Asker, typed: string, session: Session) {
  const address = await examination.step('Address', (note) => readAddress(typed, note));
  const challenge = await examination.step('Without a token', (note) => readChallenge(asker, address, note));
  const resource = await examination.step('Protected resource', (note) =>
    readResource(asker, address, challenge, note),
  );
  const issuer = await examination.step('Authorization server', (note) => readIssuer(asker, resource.issuer, note));
  for (const assistant of ASSISTANTS) await knock(examination, asker, assistant, issuer, resource);
  const own = await signIn(examination, asker, issuer, resource);
  const token = own?.tokens.access ?? (await session.access.token().catch(() => undefined));
  if (token === undefined) {
    const how = `Run parley login ${address.origin}, then this again, to see the rest.`;
    examination.skip('MCP, as it was before 2026-07-28', how);
    examination.skip('MCP 2026-07-28', how);
    return examination.skip('Tools', how);
  }
  try {
    const tools = await examination.step('MCP, as it was before 2026-07-28', () => speakLegacy(asker, address, token));
    await examination.step('MCP 2026-07-28', (note) => speakModern(asker, address, token, note));
    await examination.step('Tools', () => readTools(tools));
  } finally {
    if (own && issuer.revocationEndpoint) await signOut(asker, issuer.revocationEndpoint, own);
  }
}

/** How far an assistant gets by itself: known to the server, and at the page or back with a code. */
async function knock(
  examination: Examination,
  asker: Asker,
  persona: Persona,
  at: Issuer,
  resource: ProtectedResource,
) {
  const { name, document, redirect, registration } = persona;
  const { registrationEndpoint, readsDocuments } = at;
  const registered = registrationEndpoint
    ? await examination.step(`${name} registers`, () => register(asker, registrationEndpoint, name, registration))
    : document;
  await examination.step(`${name} asks to be let in`, async (note) => {
    const clientId = readsDocuments ? document : registered;
    if (!(await authorize(asker, at, resource, { name, clientId, redirect }))) note(NEEDS_A_PERSON);
  });
}

interface Own {
  readonly clientId: string;
  readonly tokens: Tokens;
}

/** The whole way of an app on this machine. Undefined where a person would have to approve, or no app can register. */
async function signIn(
  examination: Examination,
  asker: Asker,
  at: Issuer,
  resource: ProtectedResource,
): Promise<Own | undefined> {
  const { registrationEndpoint } = at;
  const { name, redirect, registration } = DOCTOR;
  if (!registrationEndpoint) return void examination.skip('An app on this machine', 'There is no registration for it.');
  const { clientId, granted } = await examination.step('An app on this machine', async (note) => {
    const clientId = await register(asker, registrationEndpoint, name, registration);
    const granted = await authorize(asker, at, resource, { name, clientId, redirect });
    if (!granted) note(NEEDS_A_PERSON);
    return { clientId, granted };
  });
  if (!granted) return undefined;
  const common = { client_id: clientId, resource: resource.resource };
  const first = await examination.step('Token', () => {
    const { code, verifier: code_verifier } = granted;
    const form = { ...common, grant_type: 'authorization_code', code, code_verifier, redirect_uri: redirect };
    return redeem(asker, at, form, 'the code');
  });
  const tokens = await examination.step('Refresh', () => {
    const form = { ...common, grant_type: 'refresh_token', refresh_token: first.refresh };
    return redeem(asker, at, form, 'the refresh token');
  });
  return { clientId, tokens };
}

/** Leaves nothing behind. */
const signOut = (asker: Asker, endpoint: string, { clientId, tokens }: Own) =>
  asker.form(endpoint, { token: tokens.refresh, client_id: clientId }).catch(() => {});
