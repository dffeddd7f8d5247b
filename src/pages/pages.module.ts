import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { OauthModule } from '../oauth/oauth.module.js';
import { AccountController } from './account.controller.js';
import { AccountPages } from './account-pages.js';
import { AccountSignInController } from './account-sign-in.controller.js';
import { Continuations } from './continuations.service.js';
import { PasskeyLoginController } from './passkey-login.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SignOutController } from './sign-out.controller.js';
import { SignUpController } from './sign-up.controller.js';

/** The pages for signing in, signing up and managing an account. */
@Module({
  imports: [IdentityModule, OauthModule],
  controllers: [
    SignInController,
    SignOutController,
    SignUpController,
    PasskeyLoginController,
    AccountController,
    AccountSignInController,
  ],
  providers: [AccountPages, Continuations],
})
export class PagesModule {}
