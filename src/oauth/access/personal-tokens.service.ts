import { Injectable } from '@nestjs/common';
import type { Form } from '../../identity/browsers/form.js';
import type { FormResult } from '../../identity/browsers/form-result.js';
import type { SignedIn } from '../../identity/browsers/page-visit.js';
import { atLeast, SCOPES, type Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hiddenFault, hiddenIn } from '../../kernel/visible-text.js';
import { AccountAccesses } from './account-accesses.service.js';

/** The lifetimes that a personal token can have, in days. */
export const TOKEN_DAYS = [7, 30, 90, 365];
const DAY_MS = 86_400_000;
const MAX_LABEL_LENGTH = 40;

/** Personal access tokens, for scripts of a user. */
@Injectable()
export class PersonalTokens {
  constructor(
    private readonly clock: Clock,
    private readonly accesses: AccountAccesses,
  ) {}

  /** Creates a token from the form, or returns error messages. */
  async make(signedIn: SignedIn, form: Form): Promise<FormResult> {
    const label = form('label').trim();
    const hidden = hiddenIn(label);
    const scopes = scopesFor(signedIn).filter((scope) => form(`scope_${scope}`) !== '');
    const days = TOKEN_DAYS.find((each) => `${each}` === form('days'));
    if (hidden) return { problems: { label: hiddenFault('The name', hidden) } };
    if (!label || label.length > MAX_LABEL_LENGTH)
      return { problems: { label: `At most ${MAX_LABEL_LENGTH} characters.` } };
    if (!scopes.length || !days) return { problems: { scopes: 'Choose at least one scope.' } };
    const token = await this.accesses.mint(signedIn, label, scopes, this.clock.now() + days * DAY_MS);
    return token ? { token } : { problems: { label: 'You have reached the limit of tokens. Revoke some first.' } };
  }
}

/** The scopes that a user may give to a token; `admin` requires a sign-in with a passkey. */
export const scopesFor = ({ account, session }: SignedIn): Scope[] =>
  atLeast(account.role, 'moderator') && session.passkeyAt !== null ? [...SCOPES, 'admin'] : [...SCOPES];
