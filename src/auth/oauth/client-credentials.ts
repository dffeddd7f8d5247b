import type { Credentials } from './clients.service.js';
import { OauthFailure } from './oauth-failure.js';
import type { Parameters } from './parameters.js';

/** Who a client says it is: in a Basic header or in the body, never both (RFC 6749 section 2.3). */
export function readCredentials(authorization: string | undefined, body: Parameters): Credentials {
  const { client_id: clientId, client_secret: secret } = body;
  if (!authorization || !/^basic\b/i.test(authorization)) {
    if (clientId === undefined) throw new OauthFailure('invalid_client');
    return { clientId, secret };
  }
  const fromHeader = readBasic(authorization);
  if (secret !== undefined || (clientId ?? fromHeader.clientId) !== fromHeader.clientId) {
    throw new OauthFailure('invalid_request', 'Send the client credentials in one place.');
  }
  return fromHeader;
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
