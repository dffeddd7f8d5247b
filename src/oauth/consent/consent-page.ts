import type { Scope } from '../../kernel/caller.js';
import { isLoopbackHttp } from '../../platform/config/config.js';
import { type Html, html } from '../../platform/pages/html.js';
import type { HtmlPage } from '../../platform/pages/page.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import type { AuthorizationRequest } from './authorization-request.js';

const IN_WORDS: Record<Scope, string> = {
  channels: 'create and join channels, and read and post messages in them',
  bots: 'attach bots to channels that it administers',
  admin: 'use your moderator or admin rights on this server, for example to block code or disable accounts',
};

/** The signed-in user: the name, and the CSRF token for the form. */
export interface ConsentRequest {
  readonly name: string;
  readonly csrf: string;
}

/** The page that asks a user to approve a client. The client's name is escaped and marked as unverified. */
export function consentPage(
  { name, documentUrl }: Pick<OauthClient, 'name' | 'documentUrl'>,
  { redirectUri, scopes }: Pick<AuthorizationRequest, 'redirectUri' | 'scopes'>,
  ticket: string,
  asked?: ConsentRequest,
  changes: readonly Html[] = [],
): HtmlPage {
  const body = html`<p>An app that calls itself <q>${name || 'nothing'}</q>${documentUrl ? html` and is described at <strong>${documentUrl}</strong>` : ''} wants to use this server as
${asked ? html`<strong>${asked.name}</strong>` : 'a new guest'}. The sign-in will be sent to <strong>${destinationOf(redirectUri)}</strong>.</p>
${changes.length ? html`<div class="warning"><p>You have allowed this app before, but this has changed:</p>\n<ul>${changes.map((change) => html`<li>${change}</li>\n`)}</ul></div>` : ''}
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
  return { title: 'Allow this app?', body };
}

const scopesInWords = (scopes: readonly Scope[]): Html =>
  html`<ul>
${scopes.map((scope) => html`<li>${IN_WORDS[scope]}</li>\n`)}</ul>`;

/** The CSP form-action for a redirect URI: browsers apply it to the redirect after the form as well. */
export const formTargetOf = (redirectUri: string) => `'self' ${sourceOf(new URL(redirectUri))}`;

export function destinationOf(redirectUri: string) {
  const { protocol, host } = new URL(redirectUri);
  return protocol === 'https:' ? host : `${protocol}//${host}`;
}

function warningAbout(redirectUri: string): Html {
  const url = new URL(redirectUri);
  if (url.protocol === 'https:') return html`<p>Continue only if you started this sign-in there.</p>`;
  const whither = isLoopbackHttp(url) ? 'a program on this computer' : 'an app on this device';
  return html`<p class="warning">That is ${whither}. Any program there can use this name, so the server cannot tell which program it is.
Continue only if you have just started this sign-in yourself.</p>`;
}

const sourceOf = ({ protocol, origin }: URL) => (/^https?:$/.test(protocol) ? origin : protocol);
