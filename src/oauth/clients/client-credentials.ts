import { decodeJwt } from 'jose';
import { OauthError } from '../protocol/oauth-error.js';
import type { Parameters } from '../protocol/parameters.js';
import type { Credentials } from './clients.service.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_ASSERTION_LENGTH = 8_000;

/**
 * The credentials of a client: a Basic header, the body, or a signed assertion. More than one method is an error (RFC
 * 6749 section 2.3).
 */
export function readCredentials(authorization: string | undefined, body: Parameters): Credentials {
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = body;
  if (assertion !== undefined || body.client_assertion_type !== undefined) {
    if (secret !== undefined || isBasic(authorization)) throw twice();
    return readAssertion(body);
  }
  if (!isBasic(authorization)) {
    if (clientId === undefined) throw new OauthError('invalid_client');
    return { clientId, secret };
  }
  const fromHeader = readBasic(authorization);
  if (secret !== undefined || (clientId ?? fromHeader.clientId) !== fromHeader.clientId) {
    throw twice();
  }
  return fromHeader;
}

/** The client id of an assertion, which is not verified here. */
function readAssertion({ client_id, client_assertion = '', client_assertion_type }: Parameters): Credentials {
  if (client_assertion_type !== ASSERTION_TYPE || client_assertion.length > MAX_ASSERTION_LENGTH) {
    throw new OauthError('invalid_request', `The client assertion must be of type ${ASSERTION_TYPE}.`);
  }
  return { clientId: client_id ?? subjectOf(client_assertion), assertion: client_assertion };
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? '';
  } catch {
    throw new OauthError('invalid_client');
  }
}

function readBasic(authorization: string): Credentials {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  const pair = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString());
  if (!pair) throw new OauthError('invalid_client');
  const [clientId = '', secret] = pair.slice(1).map(fromForm);
  return { clientId, secret: secret || undefined };
}

/** Both parts of a Basic header are form-encoded. */
function fromForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OauthError('invalid_client');
  }
}

const isBasic = (authorization: string | undefined): authorization is string => /^basic\b/i.test(authorization ?? '');

const twice = () => new OauthError('invalid_request', 'Send the client credentials in one place.');
