import { decodeJwt } from 'jose';
import type { Credentials } from './clients.service.js';
import { OauthFailure } from './oauth-failure.js';
import type { Parameters } from './parameters.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_ASSERTION = 8_000;

/** Who a client says it is: in a Basic header, in the body, or in a signed assertion, never two of them (RFC 6749 section 2.3). */
export function readCredentials(authorization: string | undefined, body: Parameters): Credentials {
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = body;
  if (assertion !== undefined || body.client_assertion_type !== undefined) {
    if (secret !== undefined || isBasic(authorization)) throw twice();
    return readAssertion(body);
  }
  if (!isBasic(authorization)) {
    if (clientId === undefined) throw new OauthFailure('invalid_client');
    return { clientId, secret };
  }
  const fromHeader = readBasic(authorization);
  if (secret !== undefined || (clientId ?? fromHeader.clientId) !== fromHeader.clientId) {
    throw twice();
  }
  return fromHeader;
}

/** Until the signature is checked, the client is only who it says it is. */
function readAssertion({ client_id, client_assertion = '', client_assertion_type }: Parameters): Credentials {
  if (client_assertion_type !== ASSERTION_TYPE || client_assertion.length > LONGEST_ASSERTION) {
    throw new OauthFailure('invalid_request', `The client assertion must be of type ${ASSERTION_TYPE}.`);
  }
  return { clientId: client_id ?? subjectOf(client_assertion), assertion: client_assertion };
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? '';
  } catch {
    throw new OauthFailure('invalid_client');
  }
}

function readBasic(authorization: string): Credentials {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  const pair = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString());
  if (!pair) throw new OauthFailure('invalid_client');
  const [clientId = '', secret] = pair.slice(1).map(fromForm);
  return { clientId, secret: secret || undefined };
}

/** Both halves are form-encoded inside Basic. */
function fromForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OauthFailure('invalid_client');
  }
}

const isBasic = (authorization: string | undefined): authorization is string => /^basic\b/i.test(authorization ?? '');

const twice = () => new OauthFailure('invalid_request', 'Send the client credentials in one place.');
