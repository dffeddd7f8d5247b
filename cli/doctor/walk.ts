import type { CliSession } from '../session/cli-session.js';
import { readAddress } from './address.js';
import { readChallenge } from './challenge.js';
import type { ConnectorRequests } from './connector-requests.js';
import type { Examination } from './examination.js';
import { type Issuer, readIssuer } from './issuer.js';
import { readTools, speakLegacy, speakModern } from './mcp.js';
import { ASSISTANTS, DOCTOR, type Persona } from './personas.js';
import { type ProtectedResource, readResource } from './resource.js';
import { authorize, type RedeemedTokens, redeem, registerDoctor } from './sign-in.js';

const NEEDS_A_PERSON = 'A person must approve this step.';

/** Performs the steps of a connector, from the typed URL to the list of tools. */
export async function walk(examination: Examination, connector: ConnectorRequests, typed: string, session: CliSession) {
  const address = await examination.step('Address', (note) => readAddress(typed, note));
  const challenge = await examination.step('Without a token', (note) => readChallenge(connector, address, note));
  const resource = await examination.step('Protected resource', (note) =>
    readResource(connector, address, challenge, note),
  );
  const issuer = await examination.step('Authorization server', (note) => readIssuer(connector, resource.issuer, note));
  for (const assistant of ASSISTANTS) await probe(examination, connector, assistant, issuer, resource);
  const own = await signIn(examination, connector, issuer, resource);
  const known = () => session.at(address.origin).access.token();
  const token = own?.tokens.access ?? (await known().catch(() => undefined));
  if (token === undefined) {
    const how = `Run parley login ${address.origin} and then this command again to check the rest.`;
    examination.skip('MCP before 2026-07-28', how);
    examination.skip('MCP 2026-07-28', how);
    return examination.skip('Tools', how);
  }
  try {
    const tools = await examination.step('MCP before 2026-07-28', () => speakLegacy(connector, address, token));
    await examination.step('MCP 2026-07-28', (note) => speakModern(connector, address, token, note));
    await examination.step('Tools', () => readTools(tools));
  } finally {
    if (own && issuer.revocationEndpoint) await signOut(connector, issuer.revocationEndpoint, own);
  }
}

/** Performs the sign-in of an assistant up to the consent page or the code. */
async function probe(
  examination: Examination,
  connector: ConnectorRequests,
  persona: Persona,
  at: Issuer,
  resource: ProtectedResource,
) {
  const { name, document, redirect, registration } = persona;
  const { registrationEndpoint, readsDocuments } = at;
  const registered = registrationEndpoint
    ? await examination.step(`${name} registers`, () =>
        registerDoctor(connector, registrationEndpoint, name, registration),
      )
    : document;
  await examination.step(`Sign-in of ${name}`, async (note) => {
    const clientId = readsDocuments ? document : registered;
    if (!(await authorize(connector, at, resource, { name, clientId, redirect }))) note(NEEDS_A_PERSON);
  });
}

interface Own {
  readonly clientId: string;
  readonly tokens: RedeemedTokens;
}

/**
 * The complete sign-in of a local app. Undefined if a user must approve it or the server does not allow registration.
 */
async function signIn(
  examination: Examination,
  connector: ConnectorRequests,
  at: Issuer,
  resource: ProtectedResource,
): Promise<Own | undefined> {
  const { registrationEndpoint } = at;
  const { name, redirect, registration } = DOCTOR;
  if (!registrationEndpoint) return void examination.skip('An app on this machine', 'The server has no registration.');
  const { clientId, granted } = await examination.step('An app on this machine', async (note) => {
    const clientId = await registerDoctor(connector, registrationEndpoint, name, registration);
    const granted = await authorize(connector, at, resource, { name, clientId, redirect });
    if (!granted) note(NEEDS_A_PERSON);
    return { clientId, granted };
  });
  if (!granted) return undefined;
  const common = { client_id: clientId, resource: resource.resource };
  const first = await examination.step('Token', () => {
    const { code, verifier: code_verifier } = granted;
    const form = { ...common, grant_type: 'authorization_code', code, code_verifier, redirect_uri: redirect };
    return redeem(connector, at, form, 'the code');
  });
  const tokens = await examination.step('Refresh', () => {
    const form = { ...common, grant_type: 'refresh_token', refresh_token: first.refresh };
    return redeem(connector, at, form, 'the refresh token');
  });
  return { clientId, tokens };
}

/** Revokes the tokens that the check created. */
const signOut = (connector: ConnectorRequests, endpoint: string, { clientId, tokens }: Own) =>
  connector.form(endpoint, { token: tokens.refresh, client_id: clientId }).catch(() => {});
