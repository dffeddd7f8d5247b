import type { Scope } from '../../kernel/caller.js';
import { type Html, html } from '../../platform/html.js';
import type { Page } from '../page.js';
import type { AuthorizationRequest } from './authorization-request.js';
import type { OauthClient } from './oauth-client.entity.js';
import { isLoopbackHttp } from './redirect-uri.js';

const IN_WORDS: Record<Scope, string> = {
  channels: 'open and join channels, and read and write messages in them',
  bots: 'bring bots into the channels it administers',
  arena: 'look for opponents and play rated matches for play money',
  admin: 'do what your role on this server lets you do to others: moderate channels and what runs in them',
};

/** Who is asked, where somebody signed in: the name, and what proves that the form is from this browser. */
export interface Asked {
  readonly name: string;
  readonly csrf: string;
}

/** Asks a person whether this client may come in. What the client calls itself is shown as text and believed by nobody. */
export function consentPage(
  { name, documentUrl }: Pick<OauthClient, 'name' | 'documentUrl'>,
  { redirectUri, scopes }: Pick<AuthorizationRequest, 'redirectUri' | 'scopes'>,
  ticket: string,
  asked?: Asked,
  changes: readonly Html[] = [],
): Page {
  const body = html`<p>An app that calls itself <q>${name || 'nothing'}</q>${documentUrl ? html` and is described at <strong>${documentUrl}</strong>` : ''} wants to use this server as
${asked ? html`<strong>${asked.name}</strong>` : 'a new guest'}. Its answer goes to <strong>${destinationOf(redirectUri)}</strong>.</p>
${changes.length ? html`<div class="warning"><p>You have let it in before. This is not the same:</p>\n<ul>${changes.map((change) => html`<li>${change}</li>\n`)}</ul></div>` : ''}
${warningAbout(redirectUri)}
<p>It will be able to:</p>
${scopesInWords(scopes)}
<form method="post" action="/oauth/authorize">
<input type="hidden" name="ticket" value="${ticket}">
${asked && html`<input type="hidden" name="csrf" value="${asked.csrf}"><input type="hidden" name="scopes" value="${scopes.join(' ')}">`}
<div class="buttons">
<button class="main" name="decision" value="approve">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>`;
  return { title: 'Let this app in?', body };
}

const scopesInWords = (scopes: readonly Scope[]): Html =>
  html`<ul>
${scopes.map((scope) => html`<li>${IN_WORDS[scope]}</li>\n`)}</ul>`;

/** Where a form may lead, for the page's policy: browsers check the redirect after it, too. */
export const formTargetOf = (redirectUri: string) => `'self' ${sourceOf(new URL(redirectUri))}`;

export function destinationOf(redirectUri: string) {
  const { protocol, host } = new URL(redirectUri);
  return protocol === 'https:' ? host : `${protocol}//${host}`;
}

function warningAbout(redirectUri: string): Html {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:') return html`<p>Go on only if you started this there.</p>`;
  const whither = isLoopbackHttp(url) ? 'a program on this computer' : 'an app on this device';
  return html`<p class="warning">That is ${whither}, and nobody can tell which one: any program there can call itself so.
Go on only if you have just started this yourself.</p>`;
}

const sourceOf = ({ protocol, origin }: URL) => (/^https?:$/.test(protocol) ? origin : protocol);
