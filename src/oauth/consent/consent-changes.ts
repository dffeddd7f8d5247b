import type { Scope } from '../../kernel/caller.js';
import { type Html, html } from '../../platform/pages/html.js';
import type { ClientFacts } from '../clients/client-facts.js';
import type { Consent } from './consent.entity.js';

/** The current request. */
interface AskedNow {
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  readonly facts: ClientFacts;
}

/**
 * How a request differs from the earlier consents of the same user for the same client, one sentence per difference;
 * empty if there are no earlier consents.
 */
export function changesSince(given: readonly Consent[], { redirectUri, scopes, facts }: AskedNow): Html[] {
  const last = given.find((consent) => consent.redirectUri === redirectUri) ?? newestOf(given);
  if (!last) return [];
  const { facts: before } = last;
  const added = without(facts.redirectUris, before.redirectUris);
  const removed = without(before.redirectUris, facts.redirectUris);
  const more = without(scopes, last.scopes);
  return [
    ...when(last.redirectUri !== redirectUri, () => [
      html`Before, the sign-in was sent to <strong>${last.redirectUri}</strong>. Now it is sent to <strong>${redirectUri}</strong>.`,
    ]),
    ...when(before.name !== facts.name, () => [html`Its name was <q>${before.name || 'nothing'}</q>.`]),
    ...added.map((uri) => html`It can now also have the sign-in sent to <strong>${uri}</strong>.`),
    ...removed.map((uri) => html`It no longer has the sign-in sent to <strong>${uri}</strong>.`),
    ...when(before.proof !== facts.proof, () => [html`It proves its identity in another way or with other keys.`]),
    ...when(`${before.grantTypes}` !== `${facts.grantTypes}`, () => [html`It uses other OAuth grant types.`]),
    ...when(more.length > 0, () => [html`It asks for more permissions: <strong>${more.join(', ')}</strong>.`]),
  ];
}

const newestOf = (given: readonly Consent[]) => [...given].sort((a, b) => b.givenAt - a.givenAt)[0];

const without = <T>(all: readonly T[], known: readonly T[]) => all.filter((each) => !known.includes(each));

const when = (isSo: boolean, sentences: () => Html[]) => (isSo ? sentences() : []);
