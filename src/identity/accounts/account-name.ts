/** Names that could be mistaken for the server itself. */
const RESERVED = new Set(['system', 'server', 'parley', 'operator', 'guest', 'bot']);
/** Names that could be mistaken for a moderator or admin; only an invited moderator or admin may choose them. */
const STAFF_NAMES = new Set(['admin', 'administrator', 'moderator', 'root', 'staff', 'support']);

export interface AccountName {
  /** The name as displayed. */
  readonly shown: string;
  /** The name in lower case, for signing in. */
  readonly login: string;
}

/** Validates an account name by the rules for displayed names; undefined if it is invalid. */
export function readAccountName(text: string): AccountName | undefined {
  const shown = text.trim().replace(/ +/g, ' ');
  return /^[A-Za-z0-9_-][A-Za-z0-9 _-]{1,23}$/.test(shown) ? { shown, login: shown.toLowerCase() } : undefined;
}

export const isReserved = ({ login }: AccountName, isOfStaff: boolean) =>
  RESERVED.has(login) || (STAFF_NAMES.has(login) && !isOfStaff);
