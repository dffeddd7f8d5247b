/**
 * What runs on a page with a passkey: it asks the browser's authenticator what the form says, and sends the answer with the
 * form. The first versions of WebAuthn knew no JSON, so it can also translate by itself.
 */
export const PASSKEY_SCRIPT = `
'use strict';
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
const withBytes = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
const read = {
  create: (json) => PublicKeyCredential.parseCreationOptionsFromJSON
    ? PublicKeyCredential.parseCreationOptionsFromJSON(json)
    : { ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) },
        excludeCredentials: withBytes(json.excludeCredentials) },
  get: (json) => PublicKeyCredential.parseRequestOptionsFromJSON
    ? PublicKeyCredential.parseRequestOptionsFromJSON(json)
    : { ...json, challenge: bytes(json.challenge), allowCredentials: withBytes(json.allowCredentials) },
};
const written = (credential) => {
  if (credential.toJSON) return credential.toJSON();
  const { response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const sent = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  const transports = response.getTransports ? { transports: response.getTransports() } : {};
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {},
    response: { ...Object.fromEntries(sent), ...transports } };
};
const REASONS = {
  NotAllowedError: 'It was cancelled, took too long, or there is no passkey for this site here.',
  InvalidStateError: 'This device has a passkey for your account already.',
  SecurityError: 'This address can have no passkeys.',
};
for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = form.querySelector('[role=alert]');
    const button = form.querySelector('button');
    problem.textContent = '';
    if (!window.PublicKeyCredential) {
      problem.textContent = 'This browser knows no passkeys.';
      return;
    }
    button.disabled = true;
    try {
      const ask = form.dataset.passkey;
      const publicKey = read[ask](JSON.parse(form.dataset.options));
      form.elements.credential.value = JSON.stringify(written(await navigator.credentials[ask]({ publicKey })));
      form.submit();
    } catch (error) {
      problem.textContent = REASONS[error.name] || 'The passkey could not be used.';
      button.disabled = false;
    }
  });
}
`;
