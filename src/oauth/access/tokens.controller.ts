import { Controller } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsString, Length, ValidateNested } from 'class-validator';
import type { Caller } from '../../kernel/caller.js';
import { isoTime } from '../../kernel/clock.js';
import { Operation } from '../../kernel/operation.js';
import { Describe, Untrusted } from '../../kernel/schema.js';
import { type AccountAccess, AccountAccesses } from './account-accesses.service.js';

class ListTokens {}

class TokenView {
  @Describe('Give it to revoke_token.') @IsString() id!: string;
  @Describe('app: a connected app; token: a personal access token.') @IsString() kind!: string;
  @Untrusted('what the app calls itself, or what its owner calls the token.') @IsString() name!: string;
  @Describe('The host or app to which the sign-in was sent; null for a token.', { type: ['string', 'null'] })
  @IsString()
  destination!: string | null;
  @Describe('The scopes it was granted.') @IsArray() @IsString({ each: true }) scopes!: readonly string[];
  @Describe('Since when, ISO 8601 in UTC.') @IsString() created_at!: string;
  @Describe('When it was last used, to the hour.', { type: ['string', 'null'] })
  @IsString()
  last_used_at!: string | null;
  @Describe('When it expires; null if use renews it.', { type: ['string', 'null'] })
  @IsString()
  expires_at!: string | null;
  @Describe('Whether this call uses it.') @IsBoolean() is_this!: boolean;
}

class TokenList {
  @Describe('Newest first.')
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TokenView)
  tokens!: TokenView[];
}

class RevokeToken {
  @Describe('The id in list_tokens.') @IsString() @Length(5, 40) id!: string;
}

class TokenRevoked {
  @Describe('Always true.') @IsBoolean() ok!: boolean;
  @Describe('The id whose access was ended.') @IsString() id!: string;
}

/**
 * Lists and ends what has access to the caller's account. Tokens can be created only on the page /account, so that a
 * stolen token cannot create another one.
 */
@Controller()
export class TokensController {
  constructor(private readonly accesses: AccountAccesses) {}

  @Operation({
    name: 'list_tokens',
    title: 'List apps and tokens',
    summary: 'List the apps and personal access tokens that can act for your account.',
    input: ListTokens,
    output: TokenList,
    errors: [],
    reads: true,
    openWorld: true,
    toolset: 'account',
    unlisted: true,
  })
  async list(_: ListTokens, { accountId, sessionId }: Caller): Promise<TokenList> {
    const found = await this.accesses.of(accountId);
    return { tokens: found.map((access) => tokenView(access, sessionId)) };
  }

  @Operation({
    name: 'revoke_token',
    title: 'Revoke access',
    summary: 'End the access of an app or of a personal access token to your account, at once.',
    input: RevokeToken,
    output: TokenRevoked,
    errors: ['ACCESS_NOT_FOUND'],
    destroys: true,
    endsAccess: true,
    repeatable: true,
    toolset: 'account',
    unlisted: true,
  })
  async revoke({ id }: RevokeToken, { accountId }: Caller): Promise<TokenRevoked> {
    await this.accesses.revoke(accountId, id);
    return { ok: true, id };
  }
}

const tokenView = (
  { id, kind, name, destination, scopes, createdAt, usedAt, expiresAt }: AccountAccess,
  own: string,
) => ({
  id,
  kind,
  name,
  destination,
  scopes,
  created_at: isoTime(createdAt),
  last_used_at: usedAt === null ? null : isoTime(usedAt),
  expires_at: expiresAt === null ? null : isoTime(expiresAt),
  is_this: id === own,
});
