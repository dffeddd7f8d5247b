import type { Scope } from '../../kernel/caller.js';
import { escapeHtml, page } from '../page.js';
import type { AuthorizationRequest } from './authorization-request.js';

const IN_WORDS: Record<Scope, string> = {
  channels: 'open and join channels, and read and write messages in them',
  bots: 'bring bots into the channels it administers',
  arena: 'look for opponents and play rated matches for play money',
  admin: 'do what your role on this server lets you do to others: moderate channels and what runs in them',
};

/** Asks a person whether this client may come in. What the client calls itself is shown as text and believed by nobody. */
export function consentPage(clientName: string, { redirectUri, scopes }: AuthorizationRequest, ticket: string): string {
  return page(
    'Let this app in?',
    `<p>An app that calls itself <q>${escapeHtml(clientName || 'nothing')}</q> wants to use this server as a new guest.
Its answer goes to <strong>${escapeHtml(destinationOf(redirectUri))}</strong>. Go on only if you started this there.</p>
<p>It will be able to:</p>
<ul>
${scopes.map((scope) => `<li>${IN_WORDS[scope]}</li>`).join('\n')}
</ul>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
<button class="main" name="decision" value="approve">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`,
  );
}

/** Where a form may lead, for the page's policy: browsers check the redirect after it, too. */
export const formTargetOf = (redirectUri: string) => `'self' ${sourceOf(new URL(redirectUri))}`;

function destinationOf(redirectUri: string) {
  const { protocol, host } = new URL(redirectUri);
  return protocol === 'https:' ? host : `${protocol}//${host}`;
}

const sourceOf = ({ protocol, origin }: URL) => (/^https?:$/.test(protocol) ? origin : protocol);
