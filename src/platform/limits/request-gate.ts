import type { Response } from 'express';
import { type Admission, type AdmittedCall, rateLimited } from '../../kernel/admission.js';
import { inBackground } from '../../kernel/background.js';
import type { RateName, SlotName } from '../config/limit-settings.js';
import type { Metrics } from '../observability/metrics.js';
import type { EventLoopTurns } from './event-loop-turns.js';
import { rateHeaders } from './rate-headers.js';
import type { RateStanding, Rates } from './rates.js';
import type { Slots } from './slots.js';
import { whenClosed } from './when-closed.js';

/** How long to wait before trying again when no slot is free, in milliseconds. When one will be free is unknown. */
const SLOT_RETRY_MS = 1_000;

/** The limits of the caller, as opposed to those that several callers share. */
const OWN: ReadonlySet<RateName | SlotName> = new Set<RateName>(['account', 'client', 'seat']);

/** The limits of one HTTP request: counts its cost, sets the rate headers, and refuses it if a limit is exceeded. */
export class RequestGate implements Admission {
  private readonly standings = new Map<RateName, RateStanding>();
  /** The first unit of the first call is already counted with the request itself. */
  private prepaid = 1;
  /** Units of an authenticated request that are not yet counted for its address. */
  private uncounted = 0;
  /** Whether a limit of the caller refused the request, not one that is shared by address. */
  private isRefused = false;
  private caller = '';

  constructor(
    private readonly rates: Rates,
    private readonly slots: Slots,
    private readonly metrics: Metrics,
    private readonly turns: EventLoopTurns,
    readonly address: string,
    private readonly response: Response,
  ) {}

  get account(): string {
    return this.caller;
  }

  /**
   * Admits the request itself. Many accounts may share an address, so an authenticated request counts for its address
   * only after the account's own limits have admitted it. An anonymous request is counted for its address first.
   */
  async request(units: number, isAnonymous: boolean) {
    // Refusing takes time as well, so refused requests also take turns.
    if (isAnonymous) await this.turns.take(this.address);
    if (isAnonymous) await this.charge('address', this.address, units);
    else await this.addUncounted(units);
    if (isAnonymous) await this.charge('anonymous', this.address, units);
    this.showStandings();
    whenClosed(this.response, this.slot('server-calls', ''));
    whenClosed(this.response, this.slot('address-calls', this.address));
  }

  async enterUnknown(units: number) {
    await this.turns.take(this.address);
    await this.countForAddress(0);
    await this.charge('anonymous', this.address, units);
    this.showStandings();
  }

  async enter({ caller, cost, channelId }: AdmittedCall): Promise<() => void> {
    const units = Math.max(0, cost - this.prepaid);
    this.prepaid = 0;
    // Free calls are answered even if the caller has no units left.
    if (!caller || !cost) {
      await this.countForAddress(units);
      this.showStandings();
      return () => {};
    }
    const { accountId, clientId } = caller;
    this.caller = accountId;
    // A caller over their own limit uses nothing of the limits that they share by client or address.
    await this.charge('account', accountId, cost);
    await this.charge('client', clientId, cost);
    if (channelId) await this.charge('seat', `${accountId} ${channelId}`, cost);
    await this.countForAddress(units);
    this.showStandings();
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

  /**
   * Adds to the units that will be counted for the address. Throws, without counting, if the address has too few left.
   */
  private async addUncounted(units: number) {
    this.uncounted = units;
    const stand = await this.rates.look('address', this.address);
    if (!stand) return;
    this.standings.set(stand.policy, stand);
    if (stand.remaining < units) this.refuseBy(stand);
    whenClosed(this.response, () => {
      if (!this.isRefused) inBackground('counting a request', this.count());
    });
  }

  /** Counts the outstanding units for the address once, and `more` in addition. */
  private async countForAddress(more: number) {
    const units = this.uncounted + more;
    this.uncounted = 0;
    if (units) await this.charge('address', this.address, units);
  }

  /** Counts a request that was answered without any call. */
  private async count() {
    const units = this.uncounted;
    this.uncounted = 0;
    if (units) await this.rates.take('address', this.address, units);
  }

  private async charge(policy: RateName, key: string, units: number) {
    const stand = await this.rates.take(policy, key, units);
    if (!stand) return;
    this.standings.set(stand.policy, stand);
    if (!stand.isOver) return;
    // Refusals of an account are not counted for its address, so they take turns like admitted calls.
    if (this.caller) await this.turns.take(this.caller);
    this.refuseBy(stand);
  }

  /** Once for all policies that were charged, because building the headers takes longer than counting. */
  private showStandings() {
    if (!this.response.headersSent) this.response.set(rateHeaders([...this.standings.values()]));
  }

  private refuseBy({ policy, quota, windowS, resetMs }: RateStanding): never {
    this.refuse(policy, resetMs, `the quota of ${quota} units in ${windowS} s is used up`);
  }

  private slot(policy: SlotName, key: string): () => void {
    return (
      this.slots.take(policy, key) ??
      this.refuse(policy, SLOT_RETRY_MS, `the limit of ${this.slots.mostOf(policy)} at once is reached`)
    );
  }

  private refuse(policy: RateName | SlotName, retryMs: number, why: string): never {
    this.showStandings();
    this.isRefused ||= OWN.has(policy);
    this.metrics.refused.inc({ policy });
    throw rateLimited(policy, retryMs, `policy ${policy}: ${why}`);
  }
}
