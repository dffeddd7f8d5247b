/** What a browser sends of an authenticator's answer, as far as we look at it ourselves. */
export interface SentCredential {
  readonly id: string;
  readonly response: { readonly clientDataJSON: string };
}

/** Undefined where it is nothing of the kind. What is in it is verified later. */
export function readCredential<T extends SentCredential>(text: string): T | undefined {
  try {
    const sent = JSON.parse(text) as T;
    return typeof sent.id === 'string' && typeof sent.response.clientDataJSON === 'string' ? sent : undefined;
  } catch {
    return undefined;
  }
}

/** The library throws at whatever does not fit; who sent it is told no more than that. */
export async function verified<T extends { readonly verified: boolean }>(
  verification: Promise<T>,
): Promise<T | undefined> {
  const outcome = await verification.catch(() => undefined);
  return outcome?.verified ? outcome : undefined;
}
