// `npm run admin -- token [--days N]` prints a new token with the scope admin; `npm run admin -- revoke` ends all of them.
import { parseArgs } from 'node:util';
import { AdminTokens } from './auth/admin-tokens.js';
import { ConfigError, readConfig } from './platform/config.js';

const USAGE = 'npm run admin -- token [--days N]   or   npm run admin -- revoke';
const MOST_DAYS = 365;
const DAY_MS = 86_400_000;

try {
  process.stdout.write(`${obey(process.argv.slice(2))}\n`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

/** The token alone goes to standard output, so that a script can take it from there. */
function obey(args: string[]): string {
  const { command, days } = readArguments(args);
  const tokens = new AdminTokens(readConfig().dataDir);
  if (command === 'revoke') return `Revoked ${tokens.revokeAll()}.`;
  const now = Date.now();
  const expiresAt = now + days * DAY_MS;
  console.error(`A token with the scopes channels, bots and admin, good until ${new Date(expiresAt).toISOString()}:`);
  return tokens.mint(expiresAt, now);
}

function readArguments(args: string[]) {
  try {
    const options = { days: { type: 'string', default: '1' } } as const;
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    const [command, ...more] = positionals;
    const days = Number(values.days);
    const isMeant = (command === 'token' || command === 'revoke') && !more.length;
    if (isMeant && Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return { command, days };
  } catch {
    // An option nobody knows: said below.
  }
  throw new ConfigError(`${USAGE}\nN is a whole number of days from 1 to ${MOST_DAYS}; 1 where it is left out.`);
}
