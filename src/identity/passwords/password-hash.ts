import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** One of the equivalent scrypt settings that OWASP recommends (2026): 32 MB and about 0.1 s per hash. */
const NOW: Cost = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * Hashes a password to `scrypt$N$r$p$salt$hash`. The parameters are stored with the hash, so that they can be raised
 * later.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { N, r, p } = NOW;
  const hash = await derive(password, salt, NOW);
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Verifies a password. Without a stored hash it returns false after the same time, so that timing reveals nothing. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? NOBODYS).split('$');
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(derived, expected) && stored !== null;
}

const NOBODYS = ['scrypt', NOW.N, NOW.r, NOW.p, 'A'.repeat(22), 'A'.repeat(43)].join('$');

/** The password is Unicode-normalized, so that keyboards that encode it differently agree (NIST SP 800-63B 5.1.1.2). */
function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return scryptAsync(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r });
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
