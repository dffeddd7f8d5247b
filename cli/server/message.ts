/** A message from the server. Its body is text of other people. */
export interface ChannelMessage {
  readonly id: number;
  readonly channel_id: string;
  readonly sender: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ts: string;
  readonly to_slot: string | null;
}

export interface SlotInfo {
  readonly slot_id: string;
  readonly kind: string;
  readonly label: string;
  readonly role: string;
  readonly filled_by: string | null;
  readonly name: string | null;
}

export interface ListedBot {
  readonly bot_id: string;
  readonly slot_id: string;
  readonly name: string;
  readonly version: string;
  readonly manifest: { readonly emits?: readonly string[] };
  readonly status: string;
}

/** The server's view of a channel. */
export interface ChannelInfo {
  readonly channel_id: string;
  readonly name: string;
  readonly visibility: string;
  readonly slots: readonly SlotInfo[];
  readonly closed_at?: string;
}

/** The name of the member in a slot, or the label of a free slot. */
export function nameAt({ slots }: Pick<ChannelInfo, 'slots'>, slotId: string): string {
  const slot = slots.find(({ slot_id }) => slot_id === slotId);
  return slot?.name ?? slot?.label ?? slotId;
}

/** For each slot id, the text `<slot id> <name or label>`. */
export const namesOf = ({ slots }: Pick<ChannelInfo, 'slots'>): Record<string, string> =>
  Object.fromEntries(slots.map(({ slot_id, name, label }) => [slot_id, `${slot_id} ${name ?? label}`]));
