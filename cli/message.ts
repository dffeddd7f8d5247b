/** A message as the server hands it out. Its body holds somebody else's words. */
export interface Message {
  readonly id: number;
  readonly channel_id: string;
  readonly sender: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ts: string;
  readonly to_slot: string | null;
}

export interface Slot {
  readonly slot_id: string;
  readonly kind: string;
  readonly label: string;
  readonly role: string;
  readonly filled_by: string | null;
  readonly name: string | null;
}

export interface Bot {
  readonly bot_id: string;
  readonly slot_id: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: { readonly emits?: readonly string[] };
  readonly status: string;
}

/** What the server shows of a channel. */
export interface ChannelView {
  readonly channel_id: string;
  readonly name: string;
  readonly visibility: string;
  readonly slots: readonly Slot[];
  readonly closed_at?: string;
}

export const namesOf = ({ slots }: Pick<ChannelView, 'slots'>): Record<string, string> =>
  Object.fromEntries(slots.map(({ slot_id, name, label }) => [slot_id, `${slot_id} ${name ?? label}`]));
