// The commands of the operator, which work whether or not the server runs: see USAGE.
import { parseArgs } from 'node:util';
import { isReserved, readAccountName } from './identity/accounts/account-name.js';
import { OperatorInvites } from './identity/invites/operator-invites.js';
import { AdminTokens } from './oauth/bearer/admin-tokens.js';
import { type Config, ConfigError, readConfig } from './platform/config/config.js';
import { ServerKey } from './platform/secrets/server-key.js';

const USAGE = `npm run admin -- create NAME                 a link with which NAME becomes an admin
npm run admin -- invite [--role ROLE]        a link with which somebody makes an account
npm run admin -- reset NAME                  a link with which NAME sets a new password, without passkeys
npm run admin -- token                       a token with the scope admin
npm run admin -- revoke                      ends all of these tokens
npm run admin -- rotate-log-key              a new key that signs checkpoints from now on
--days N: for how long (a link 7 days, a token 1).  ROLE: member, moderator or admin.`;
const MAX_DAYS = 365;
const DAY_MS = 86_400_000;
const COMMANDS = ['create', 'invite', 'reset', 'token', 'revoke', 'rotate-log-key'] as const;
const ROLES = ['member', 'moderator', 'admin'] as const;

interface Order {
  readonly name?: string;
  readonly role: (typeof ROLES)[number];
  readonly days?: number;
}

// This process may create the data folder, before the first start of the server.
process.umask(0o077);

try {
  process.stdout.write(`${runCommand(process.argv.slice(2))}\n`);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

/** Only the result goes to standard output, so that a script can read it. */
function runCommand(args: string[]): string {
  const [command, order] = readArguments(args);
  const config = readConfig();
  switch (command) {
    case 'create':
      return link(config, order, { purpose: 'sign-up', role: 'admin', name: accountName(order.name, true) });
    case 'reset':
      return link(config, order, { purpose: 'reset', role: 'member', name: accountName(order.name, false) });
    case 'invite':
      return link(config, order, { purpose: 'sign-up', role: order.role, name: null });
    case 'revoke':
      return `Revoked ${new AdminTokens(config.dataDir).revokeAll()}.`;
    case 'rotate-log-key':
      return newLogKey(config);
    default:
      return token(config, order);
  }
}

type About = Omit<Parameters<OperatorInvites['make']>[0], 'expires_at'>;

function link({ dataDir, publicUrl, authMode, signUp }: Config, { days = 7 }: Order, about: About): string {
  if (signUp === 'closed' && about.name === null) throw new ConfigError('SIGN_UP=closed: use create NAME instead.');
  const now = Date.now();
  const expires_at = now + days * DAY_MS;
  const code = new OperatorInvites(dataDir).make({ ...about, expires_at }, now);
  if (authMode === 'open')
    console.error('AUTH_MODE is open, so nobody can sign in: the link works only with AUTH_MODE=accounts.');
  console.error(`A link that works once, until ${new Date(expires_at).toISOString()}:`);
  // A passkey is bound to a host name: on a page at the IP address nobody could add one.
  return `${publicUrl.replace('//127.0.0.1', '//localhost')}/sign-up?code=${code}`;
}

function token({ dataDir }: Config, { days = 1 }: Order): string {
  const now = Date.now();
  const expiresAt = now + days * DAY_MS;
  console.error(`A token with all scopes, including admin, valid until ${new Date(expiresAt).toISOString()}:`);
  return new AdminTokens(dataDir).mint(expiresAt, now);
}

/** The server notices the new key by itself, if it runs. */
function newLogKey({ dataDir }: Config): string {
  const { verifierKey } = ServerKey.rotate(dataDir);
  console.error('The server publishes this key in its log with its next checkpoint, which the old key signs as well:');
  return verifierKey;
}

function accountName(given: string | undefined, isNew: boolean): string {
  const name = readAccountName(given ?? '');
  if (!name || (isNew && isReserved(name, true))) {
    throw new ConfigError(
      'NAME must have 2 to 24 letters, digits, spaces, _ or -, and must not be a name that the server itself uses.',
    );
  }
  return name.shown;
}

function readArguments(args: string[]): [(typeof COMMANDS)[number], Order] {
  try {
    const options = { days: { type: 'string' }, role: { type: 'string', default: 'member' } } as const;
    const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
    const [given, name, ...more] = positionals;
    const command = COMMANDS.find((known) => known === given);
    const role = ROLES.find((known) => known === values.role);
    const days = values.days === undefined ? undefined : Number(values.days);
    const isDays = days === undefined || (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS);
    const isNamed = (name !== undefined) === (command === 'create' || command === 'reset');
    if (command && role && isDays && isNamed && !more.length) return [command, { name, role, days }];
  } catch {
    // An unknown option; the error is thrown below.
  }
  throw new ConfigError(`${USAGE}\nN is a whole number of days from 1 to ${MAX_DAYS}.`);
}
