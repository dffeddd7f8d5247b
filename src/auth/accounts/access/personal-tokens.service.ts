import { Injectable } from '@nestjs/common';
import { Clock } from '../../../kernel/clock.js';
import { scopesFor, TOKEN_DAYS } from '../pages/access-sections.js';
import type { Told } from '../pages/told.js';
import type { Form } from '../web/form.js';
import type { SignedIn } from '../web/visit.js';
import { Accesses } from './accesses.service.js';

const DAY_MS = 86_400_000;
const LONGEST_LABEL = 40;

/** Tokens that people make for their scripts. */
@Injectable()
export class PersonalTokens {
  constructor(
    private readonly clock: Clock,
    private readonly accesses: Accesses,
  ) {}

  /** The token, or what of the form will not do. */
  async make(signedIn: SignedIn, form: Form): Promise<Told> {
    const label = form('label').replace(/\p{C}/gu, '').trim();
    const scopes = scopesFor(signedIn).filter((scope) => form(`scope_${scope}`) !== '');
    const days = TOKEN_DAYS.find((each) => `${each}` === form('days'));
    if (!label || label.length > LONGEST_LABEL) return { problems: { label: `Up to ${LONGEST_LABEL} characters.` } };
    if (!scopes.length || !days) return { problems: { scopes: 'Choose at least one.' } };
    const token = await this.accesses.mint(signedIn.account, label, scopes, this.clock.now() + days * DAY_MS);
    return token ? { token } : { problems: { label: 'You have as many tokens as one can have: revoke some.' } };
  }
}
