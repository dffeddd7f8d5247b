import { Injectable } from '@nestjs/common';
import { LoginLimits } from '../passwords/login-limits.js';
import { Passwords, weaknessOf } from '../passwords/passwords.service.js';

/** The password of a new account, or the new one of an account that an operator reset. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly limits: LoginLimits,
    private readonly passwords: Passwords,
  ) {}

  /** The hash to store; or, as a sentence, why this password is not taken from this address now. */
  async hash(password: string, name: string, address: string): Promise<{ hash: string } | { problem: string }> {
    const weakness = weaknessOf(password, name);
    if (weakness) return { problem: weakness };
    const waitS = await this.limits.signUp(address);
    if (waitS) return { problem: `Too many attempts from your address. Wait ${waitS} seconds.` };
    return { hash: await this.passwords.hash(password) };
  }
}
