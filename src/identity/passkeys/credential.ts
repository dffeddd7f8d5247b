/** The parts of a WebAuthn credential that we read before it is verified. */
export interface SentCredential {
  readonly id: string;
  readonly response: { readonly clientDataJSON: string };
}

/** Parses a credential; undefined if the text is not one. It is not verified here. */
export function readCredential<T extends SentCredential>(text: string): T | undefined {
  try {
    const credential = JSON.parse(text) as T;
    return typeof credential.id === 'string' && typeof credential.response.clientDataJSON === 'string'
      ? credential
      : undefined;
  } catch {
    return undefined;
  }
}

/** The library throws if a credential is invalid; the reason is not shown to the sender. */
export async function verifiedOrUndefined<T extends { readonly verified: boolean }>(
  verification: Promise<T>,
): Promise<T | undefined> {
  const outcome = await verification.catch(() => undefined);
  return outcome?.verified ? outcome : undefined;
}
