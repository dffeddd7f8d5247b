import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { callingAddress } from '../../kernel/admission.js';
import type { Caller } from '../../kernel/caller.js';
import { Operation } from '../../kernel/operation.js';
import { Describe } from '../../kernel/schema.js';
import { Config } from '../config/config.js';
import { HOLDINGS, type HoldingName, RATES, type RateName, SLOTS, type SlotName } from '../config/limit-settings.js';
import { CAPS } from './caps.js';
import { Rates } from './rates.js';
import { Slots } from './slots.js';

class NoInput {}

class PolicyRate {
  @Describe('The name of the policy, as in the headers RateLimit and RateLimit-Policy.') @IsString() policy!: string;
  @Describe('What shares the limit.') @IsString() per!: string;
  @Describe('What it counts.') @IsString() about!: string;
  @Describe('Units in one window. Most calls cost one unit.') @IsInt() quota!: number;
  @Describe('Length of a window in seconds.') @IsInt() window_s!: number;
  @Describe('Units that you have left; null if that depends on the channel.', { type: ['integer', 'null'] })
  @IsOptional()
  @IsInt()
  remaining!: number | null;
  @Describe('Milliseconds until the window ends; null if that depends on the channel.', {
    type: ['integer', 'null'],
  })
  @IsOptional()
  @IsInt()
  reset_ms!: number | null;
}

class PolicySlots {
  @Describe('The name of the policy.') @IsString() policy!: string;
  @Describe('What shares the limit.') @IsString() per!: string;
  @Describe('What it counts.') @IsString() about!: string;
  @Describe('The limit.') @IsInt() most!: number;
  @Describe('How many there are now; null if that is not public.', { type: ['integer', 'null'] })
  @IsOptional()
  @IsInt()
  used!: number | null;
}

class FixedCap {
  @Describe('Its name; the unit is in it.') @IsString() name!: string;
  @Describe('What it limits.') @IsString() about!: string;
  @Describe('The limit.') @IsInt() most!: number;
}

class CurrentLimits {
  @Describe('Limits on requests in a time window. A policy that is off is not listed.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PolicyRate)
  rates!: PolicyRate[];
  @Describe('Limits on what may exist or run at the same time.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PolicySlots)
  at_once!: PolicySlots[];
  @Describe('Limits that are the same for every caller.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => FixedCap)
  caps!: FixedCap[];
}

@Controller()
export class LimitsController {
  constructor(
    private readonly config: Config,
    private readonly rates: Rates,
    private readonly slots: Slots,
  ) {}

  @Operation({
    name: 'get_limits',
    title: 'Get limits',
    summary: 'Show the limits of this server and what you have left.',
    input: NoInput,
    output: CurrentLimits,
    errors: [],
    reads: true,
    access: 'anyone',
    cost: 0,
    toolset: 'account',
    unlisted: true,
  })
  async limits(_: NoInput, caller?: Caller): Promise<CurrentLimits> {
    const keys = keysOf(caller);
    const names = Object.keys(RATES) as RateName[];
    const rates = await Promise.all(names.map((policy) => this.rateOf(policy, keys[policy])));
    const slots = (Object.keys(SLOTS) as SlotName[]).map((policy) => this.slotOf(policy, keys[policy]));
    const holdings = (Object.keys(HOLDINGS) as HoldingName[]).map((policy) => {
      const { per, about } = HOLDINGS[policy];
      return { policy, per, about, most: this.config.limits.holdings[policy], used: null };
    });
    const caps = Object.entries(CAPS).map(([name, cap]) => ({ name, ...cap }));
    return {
      rates: rates.filter((rate) => rate !== undefined),
      at_once: [...slots, ...holdings].filter(({ most }) => Number.isFinite(most)),
      caps,
    };
  }

  private async rateOf(policy: RateName, key: string | undefined): Promise<PolicyRate | undefined> {
    const { per, about } = RATES[policy];
    const stand = await this.rates.look(policy, key ?? '');
    if (!stand) return undefined;
    const { quota, windowS, remaining, resetMs } = stand;
    const own = key === undefined ? { remaining: null, reset_ms: null } : { remaining, reset_ms: resetMs };
    return { policy, per, about, quota, window_s: windowS, ...own };
  }

  private slotOf(policy: SlotName, key: string | undefined): PolicySlots {
    const { per, about } = SLOTS[policy];
    const used = key === undefined ? null : this.slots.used(policy, key);
    return { policy, per, about, most: this.slots.mostOf(policy), used };
  }
}

/** The keys of the policies that count the caller under one key for all calls. */
function keysOf(caller: Caller | undefined): Partial<Record<RateName | SlotName, string>> {
  const address = callingAddress();
  return {
    address,
    anonymous: address,
    'address-calls': address,
    ...(caller && {
      client: caller.clientId,
      account: caller.accountId,
      'account-calls': caller.accountId,
      'code-readings': caller.accountId,
      transcripts: caller.accountId,
    }),
  };
}
