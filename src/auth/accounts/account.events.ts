/** Announced in the write in which an account goes: whoever keeps something of it lets go of it now. */
export class AccountDeleted {
  constructor(readonly accountId: string) {}
}
