/** Names that would pass for the server's own. */
const RESERVED = new Set(['system', 'server', 'parley', 'operator', 'guest', 'bot']);
/** And these for somebody with a say here; only who is invited as one may have them. */
const OF_STAFF = new Set(['admin', 'administrator', 'moderator', 'root', 'staff', 'support']);

export interface AccountName {
  /** As it is shown. */
  readonly shown: string;
  /** As it is signed in with: capitals make no difference. */
  readonly login: string;
}

/** A name for an account, by the rules of what members are shown; undefined where it cannot be one. */
export function readAccountName(text: string): AccountName | undefined {
  const shown = text.trim().replace(/ +/g, ' ');
  return /^[A-Za-z0-9_-][A-Za-z0-9 _-]{1,23}$/.test(shown) ? { shown, login: shown.toLowerCase() } : undefined;
}

export const isReserved = ({ login }: AccountName, isOfStaff: boolean) =>
  RESERVED.has(login) || (OF_STAFF.has(login) && !isOfStaff);
