/**
 * The script of pages with a passkey: it calls the authenticator with the options of the form and submits the response.
 * Browsers with an early version of WebAuthn cannot convert the JSON, so the script does it.
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
  NotAllowedError: 'The request was cancelled or timed out, or this device has no passkey for this site.',
  InvalidStateError: 'This device already has a passkey for your account.',
  SecurityError: 'Passkeys do not work at this address.',
};
for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = form.querySelector('[role=alert]');
    const button = form.querySelector('button');
    problem.textContent = '';
    if (!window.PublicKeyCredential) {
      problem.textContent = 'This browser does not support passkeys.';
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
