import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { Accounts } from './accounts/accounts.service.js';
import { Guests } from './accounts/guests.service.js';
import { SignIns } from './accounts/sign-ins.js';
import { Visitors } from './browsers/visitors.service.js';
import { WebSessions } from './browsers/web-sessions.service.js';
import { IdentityPurge } from './identity-purge.js';
import { AccountInvites } from './invites/account-invites.service.js';
import { OperatorInvites } from './invites/operator-invites.js';
import { PasskeyChallenges } from './passkeys/passkey-challenges.service.js';
import { LoginLimits } from './passwords/login-limits.js';
import { Passwords } from './passwords/passwords.service.js';
import { Logins } from './sign-in/logins.service.js';
import { NewPasswords } from './sign-in/new-passwords.js';
import { PasskeyLogins } from './sign-in/passkey-logins.service.js';
import { Passkeys } from './sign-in/passkeys.service.js';
import { PasswordChanges } from './sign-in/password-changes.service.js';
import { SignUps } from './sign-in/sign-ups.service.js';

const SERVICES = [
  AccountInvites,
  Accounts,
  Guests,
  Logins,
  PasskeyLogins,
  Passkeys,
  PasswordChanges,
  SignIns,
  SignUps,
  Visitors,
  WebSessions,
];

/** Accounts of people and guests, and how people sign in with a browser. */
@Module({
  controllers: [AccountsController],
  providers: [
    { provide: OperatorInvites, inject: [Config], useFactory: ({ dataDir }: Config) => new OperatorInvites(dataDir) },
    ...SERVICES,
    IdentityPurge,
    LoginLimits,
    NewPasswords,
    PasskeyChallenges,
    Passwords,
  ],
  exports: SERVICES,
})
export class IdentityModule {}
