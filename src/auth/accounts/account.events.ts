/** Announced in the write in which an account goes: whoever keeps something of it lets go of it now. */
export class AccountDeleted {
  constructor(readonly accountId: string) {}
}

/** Announced in the write in which an account takes a seat or makes a channel: it is no longer one that nobody would miss. */
export class AccountActed {
  constructor(readonly accountId: string) {}
}
