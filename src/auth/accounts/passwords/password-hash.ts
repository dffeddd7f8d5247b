import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** One of the settings that OWASP calls equal (2026): 32 MB and about a tenth of a second each. */
const NOW: Cost = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** `scrypt$N$r$p$salt$hash`: what is needed to check it stands with it, so that the cost can grow. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { N, r, p } = NOW;
  const hash = await derive(password, salt, NOW);
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Where there is no hash the answer is no, and takes as long. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? NOBODYS).split('$');
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const given = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(given, expected) && stored !== null;
}

const NOBODYS = ['scrypt', NOW.N, NOW.r, NOW.p, 'A'.repeat(22), 'A'.repeat(43)].join('$');

/** The same text typed on another keyboard is the same password (NIST SP 800-63B 5.1.1.2). */
function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  return scryptAsync(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r });
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
