import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Clock, isoTime } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Config } from '../../platform/config.js';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { AccountInvites } from './invites/account-invites.service.js';

const SIGNED_IN_ROLES = ['member', 'moderator', 'admin'] as const;
type SignedInRole = (typeof SIGNED_IN_ROLES)[number];
const ROLES_IN_WORDS = 'member, moderator (decides about code) or admin (also about accounts).';
const DAY_MS = 86_400_000;

class AccountView {
  @Describe('Its id.') @IsString() account_id!: string;
  @Untrusted('the name its owner chose.') @IsString() name!: string;
  @Describe(ROLES_IN_WORDS) @IsString() role!: string;
  @Describe('A disabled account cannot sign in, and nothing acts for it.') @IsBoolean() disabled!: boolean;
  @Describe('Since when, ISO 8601 in UTC.') @IsString() created_at!: string;
}

class ListAccounts {
  @Describe('A part of the name.') @IsOptional() @IsString() @Length(1, 24) query?: string;
  @Describe('The next_cursor of the page before.') @IsOptional() @IsString() @MaxLength(40) cursor?: string;
  @Describe('How many at most.') @IsOptional() @IsInt() @Min(1) @Max(200) limit: number = 50;
}

class AccountList {
  @Describe('By name.') @IsArray() @ValidateNested({ each: true }) @Type(() => AccountView) accounts!: AccountView[];
  @Describe('Give it as cursor to go on; null at the end.', { type: ['string', 'null'] })
  @IsString()
  next_cursor!: string | null;
}

class SetAccount {
  @Describe('The account.') @IsString() @Length(5, 40) account_id!: string;
  @Describe(ROLES_IN_WORDS) @IsOptional() @IsString() @IsIn(SIGNED_IN_ROLES) role?: SignedInRole;
  @Describe('true: signed out everywhere at once, and out until somebody sets it to false.')
  @IsOptional()
  @IsBoolean()
  disabled?: boolean;
}

class DeleteAccount {
  @Describe('The account.') @IsString() @Length(5, 40) account_id!: string;
}

class AccountGone {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The account that is gone.') @IsString() account_id!: string;
}

class InviteAccount {
  @Describe(`What the new account will be: ${ROLES_IN_WORDS} member where it is left out.`)
  @IsOptional()
  @IsString()
  @IsIn(SIGNED_IN_ROLES)
  role: SignedInRole = 'member';
  @Describe('For how many days the code is good.') @IsOptional() @IsInt() @Min(1) @Max(90) days: number = 7;
}

class AccountInvited {
  @Describe('A one-time code. It is told only here.') @IsString() code!: string;
  @Describe('The page on which it is used.') @IsString() link!: string;
  @Describe('Until when, ISO 8601 in UTC.') @IsString() expires_at!: string;
}

const OF_ADMINS = { scope: 'admin', role: 'admin', toolset: 'admin' } as const;

/** What admins do about accounts. */
@Controller()
export class AccountsController {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly invites: AccountInvites,
  ) {}

  @Operation({
    name: 'list_accounts',
    title: 'List accounts',
    summary: 'List the accounts of this server.',
    input: ListAccounts,
    output: AccountList,
    errors: [],
    ...OF_ADMINS,
    reads: true,
    openWorld: true,
  })
  async list({ query, cursor, limit }: ListAccounts): Promise<AccountList> {
    const most = limit ?? 50;
    const found = await this.accounts.list(query, cursor, most + 1);
    const shown = found.slice(0, most);
    const next_cursor = found.length > most ? (shown.at(-1)?.loginName ?? null) : null;
    return { accounts: shown.map(accountView), next_cursor };
  }

  @Operation({
    name: 'set_account',
    title: 'Change an account',
    summary: 'Give an account another role, or disable or enable it; its tokens follow at once.',
    input: SetAccount,
    output: AccountView,
    errors: ['ACCOUNT_NOT_FOUND', 'LAST_ADMIN'],
    ...OF_ADMINS,
    destroys: true,
    repeatable: true,
    openWorld: true,
  })
  async set({ account_id, role, disabled }: SetAccount): Promise<AccountView> {
    return accountView(await this.accounts.change(account_id, { role, isDisabled: disabled }));
  }

  @Operation({
    name: 'delete_account',
    title: 'Delete an account',
    summary:
      'Delete an account with everything that is only about it; its seats become free, and logs keep what was said.',
    input: DeleteAccount,
    output: AccountGone,
    errors: ['ACCOUNT_NOT_FOUND', 'LAST_ADMIN'],
    ...OF_ADMINS,
    destroys: true,
  })
  async delete({ account_id }: DeleteAccount): Promise<AccountGone> {
    await this.accounts.delete(account_id);
    return { ok: true, account_id };
  }

  @Operation({
    name: 'invite_account',
    title: 'Invite somebody to sign up',
    summary: 'Make a one-time code with which somebody makes an account here.',
    input: InviteAccount,
    output: AccountInvited,
    errors: ['NO_ACCOUNTS', 'SIGN_UP_CLOSED'],
    ...OF_ADMINS,
  })
  async invite({ role, days }: InviteAccount): Promise<AccountInvited> {
    if (this.config.authMode === 'open') throw new DomainError('NO_ACCOUNTS');
    if (this.config.signUp === 'closed') throw new DomainError('SIGN_UP_CLOSED');
    const expiresAt = this.clock.now() + (days ?? 7) * DAY_MS;
    const code = await this.invites.make(role ?? 'member', expiresAt);
    return { code, link: `${this.config.publicUrl}/sign-up?code=${code}`, expires_at: isoTime(expiresAt) };
  }
}

const accountView = ({ id, name, role, disabledAt, createdAt }: Account): AccountView => ({
  account_id: id,
  name,
  role,
  disabled: disabledAt !== null,
  created_at: isoTime(createdAt),
});
