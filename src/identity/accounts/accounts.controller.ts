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
  Min,
  ValidateNested,
} from 'class-validator';
import type { Caller } from '../../kernel/caller.js';
import { Clock, isoTime } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { Operation } from '../../kernel/operation.js';
import { PageCursor, PageLimit } from '../../kernel/page-fields.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { Config } from '../../platform/config/config.js';
import { AccountInvites } from '../invites/account-invites.service.js';
import { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';

const SIGNED_IN_ROLES = ['member', 'moderator', 'admin'] as const;
type SignedInRole = (typeof SIGNED_IN_ROLES)[number];
const ROLES_IN_WORDS = 'member, moderator (decides about code) or admin (also about accounts).';
const DAY_MS = 86_400_000;

class AccountView {
  @Describe('Its id.') @IsString() account_id!: string;
  @Untrusted('the name its owner chose.') @IsString() name!: string;
  @Describe(ROLES_IN_WORDS) @IsString() role!: string;
  @Describe('A disabled account cannot sign in, and its tokens do not work.') @IsBoolean() disabled!: boolean;
  @Describe('Since when, ISO 8601 in UTC.') @IsString() created_at!: string;
}

class ListAccounts {
  @Describe('A part of the name.') @IsOptional() @IsString() @Length(1, 24) query?: string;
  @PageCursor(40) cursor?: string;
  @PageLimit(200) limit: number = 50;
}

class AccountList {
  @Describe('By name.') @IsArray() @ValidateNested({ each: true }) @Type(() => AccountView) accounts!: AccountView[];
  @Describe('Pass it as cursor to get the next page; null at the end.', { type: ['string', 'null'] })
  @IsString()
  next_cursor!: string | null;
}

class SetAccount {
  @Describe('The account.') @IsString() @Length(5, 40) account_id!: string;
  @Describe(ROLES_IN_WORDS) @IsOptional() @IsString() @IsIn(SIGNED_IN_ROLES) role?: SignedInRole;
  @Describe(
    'true: the account is signed out everywhere and cannot sign in until this is set to false. Its seats in channels with bots become free.',
  )
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
  @Describe(`Role of the new account: ${ROLES_IN_WORDS} Default: member.`)
  @IsOptional()
  @IsString()
  @IsIn(SIGNED_IN_ROLES)
  role: SignedInRole = 'member';
  @Describe('For how many days the code is valid.') @IsOptional() @IsInt() @Min(1) @Max(90) days: number = 7;
}

class AccountInvited {
  @Describe('A one-time code. It is shown only in this answer.') @IsString() code!: string;
  @Describe('The page on which to use it.') @IsString() link!: string;
  @Describe('Until when, ISO 8601 in UTC.') @IsString() expires_at!: string;
}

const OF_ADMINS = { scope: 'admin', role: 'admin', toolset: 'admin' } as const;

/** Operations of admins on accounts. */
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
    unlisted: true,
  })
  async list({ query, cursor, limit }: ListAccounts): Promise<AccountList> {
    const pageSize = limit ?? 50;
    const rows = await this.accounts.list(query, cursor, pageSize + 1);
    const page = rows.slice(0, pageSize);
    const next_cursor = rows.length > pageSize ? (page.at(-1)?.loginName ?? null) : null;
    return { accounts: page.map(accountView), next_cursor };
  }

  @Operation({
    name: 'set_account',
    title: 'Change an account',
    summary: 'Change the role of an account, or disable or enable it. This applies to its tokens at once.',
    input: SetAccount,
    output: AccountView,
    errors: ['ACCOUNT_NOT_FOUND', 'LAST_ADMIN', 'INTERESTED'],
    ...OF_ADMINS,
    destroys: true,
    endsAccess: true,
    repeatable: true,
    openWorld: true,
    unlisted: true,
  })
  async set({ account_id, role, disabled }: SetAccount, caller: Caller): Promise<AccountView> {
    return accountView(await this.accounts.change(account_id, { role, isDisabled: disabled }, caller));
  }

  @Operation({
    name: 'delete_account',
    title: 'Delete an account',
    summary: 'Delete an account and its own data. Its seats become free; its messages stay in the logs.',
    input: DeleteAccount,
    output: AccountGone,
    errors: ['ACCOUNT_NOT_FOUND', 'LAST_ADMIN', 'INTERESTED'],
    ...OF_ADMINS,
    destroys: true,
    endsAccess: true,
    unlisted: true,
  })
  async delete({ account_id }: DeleteAccount, caller: Caller): Promise<AccountGone> {
    await this.accounts.delete(account_id, caller);
    return { ok: true, account_id };
  }

  @Operation({
    name: 'invite_account',
    title: 'Invite a person to sign up',
    summary: 'Create a one-time code with which a person can sign up here.',
    input: InviteAccount,
    output: AccountInvited,
    errors: ['NO_ACCOUNTS', 'SIGN_UP_CLOSED'],
    ...OF_ADMINS,
    unlisted: true,
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
