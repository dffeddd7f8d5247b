import type { Response } from 'express';
import { type Admission, type Call, tooMuch } from '../../kernel/admission.js';
import type { Metrics } from '../metrics.js';
import type { RateName, SlotName } from './limit-settings.js';
import { rateHeaders } from './rate-headers.js';
import type { Rates, Stand } from './rates.js';
import type { Slots } from './slots.js';
import type { Turns } from './turns.js';
import { whenClosed } from './when-closed.js';

/** Nobody knows when a slot becomes free; a second is soon enough to ask again. */
const SLOT_RETRY_MS = 1_000;

/** The limits around one HTTP request: it takes what the request weighs, says in its headers what is left, and refuses. */
export class Gate implements Admission {
  private readonly stands = new Map<RateName, Stand>();
  /** The first unit of the first call came with the request itself. */
  private prepaid = 1;
  private caller = '';

  constructor(
    private readonly rates: Rates,
    private readonly slots: Slots,
    private readonly metrics: Metrics,
    private readonly turns: Turns,
    readonly address: string,
    private readonly response: Response,
  ) {}

  get account(): string {
    return this.caller;
  }

  /** Lets the request itself in. */
  async request(units: number, isAnonymous: boolean) {
    // Refusing costs time as well, and who sends nothing but what is refused sends the most.
    if (isAnonymous) await this.turns.take(this.address);
    await this.charge('address', this.address, units);
    if (isAnonymous) await this.charge('anonymous', this.address, units);
    whenClosed(this.response, this.slot('server-calls', ''));
    whenClosed(this.response, this.slot('address-calls', this.address));
  }

  async enterUnknown(units: number) {
    await this.turns.take(this.address);
    await this.charge('anonymous', this.address, units);
  }

  async enter({ caller, cost, channelId }: Call): Promise<() => void> {
    const units = Math.max(0, cost - this.prepaid);
    this.prepaid = 0;
    if (units) await this.charge('address', this.address, units);
    // What costs nothing is answered to who has nothing left.
    if (!caller || !cost) return () => {};
    const { accountId, clientId } = caller;
    this.caller = accountId;
    // Who is over on their own takes nothing from those who share their client.
    await this.charge('account', accountId, cost);
    await this.charge('client', clientId, cost);
    if (channelId) await this.charge('seat', `${accountId} ${channelId}`, cost);
    const leave = this.slot('account-calls', accountId);
    await this.turns.take(accountId);
    return leave;
  }

  ended(operation: string, status: number) {
    this.metrics.requests.inc({ operation, status });
  }

  hold(policy: SlotName): () => void {
    return this.slot(policy, this.caller);
  }

  private async charge(policy: RateName, key: string, units: number) {
    const stand = await this.rates.take(policy, key, units);
    if (!stand) return;
    this.stands.set(policy, stand);
    if (!this.response.headersSent) this.response.set(rateHeaders([...this.stands.values()]));
    if (stand.isOver) this.refuse(policy, stand.resetMs, `${stand.quota} units in ${stand.windowS} s are used up`);
  }

  private slot(policy: SlotName, key: string): () => void {
    return (
      this.slots.take(policy, key) ??
      this.refuse(policy, SLOT_RETRY_MS, `${this.slots.mostOf(policy)} at once are taken`)
    );
  }

  private refuse(policy: RateName | SlotName, retryMs: number, why: string): never {
    this.metrics.refused.inc({ policy });
    throw tooMuch(policy, retryMs, `policy ${policy}: ${why}`);
  }
}
