import type { Scope } from '../../kernel/caller.js';
import { type Html, html } from '../../platform/html.js';
import type { ClientFacts } from './client-facts.js';
import type { Consent } from './consent.entity.js';

/** What is asked for now. */
interface AskedNow {
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  readonly facts: ClientFacts;
}

/**
 * How a request differs from what the person has allowed the same client before, a sentence each; none where they have
 * allowed it nothing. `given` holds all of their consents for the client.
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
      html`Its answers went to <strong>${last.redirectUri}</strong>. This one goes to <strong>${redirectUri}</strong>.`,
    ]),
    ...when(before.name !== facts.name, () => [html`It called itself <q>${before.name || 'nothing'}</q>.`]),
    ...added.map((uri) => html`It can now also have answers sent to <strong>${uri}</strong>.`),
    ...removed.map((uri) => html`It no longer has answers sent to <strong>${uri}</strong>.`),
    ...when(before.proof !== facts.proof, () => [
      html`It proves in another way, or with other keys, that it is this app.`,
    ]),
    ...when(`${before.grantTypes}` !== `${facts.grantTypes}`, () => [html`It gets its tokens in other ways.`]),
    ...when(more.length > 0, () => [html`It asks for more: <strong>${more.join(', ')}</strong>.`]),
  ];
}

const newestOf = (given: readonly Consent[]) => [...given].sort((a, b) => b.givenAt - a.givenAt)[0];

const without = <T>(all: readonly T[], known: readonly T[]) => all.filter((each) => !known.includes(each));

const when = (isSo: boolean, sentences: () => Html[]) => (isSo ? sentences() : []);
