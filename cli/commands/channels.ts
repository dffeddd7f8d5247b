import type { Slot } from '../message.js';
import type { Session } from '../session.js';
import { table } from '../terminal/output.js';

interface Listed {
  readonly channel_id: string;
  readonly name: string;
  readonly visibility: string;
  readonly slots: readonly Slot[];
  readonly message_count: number;
}

const PAGE = 200;

/** Lists every channel that can be seen, newest first. */
export async function channels({ server, out }: Session) {
  const all: Listed[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await server.read('list_channels', { limit: PAGE, offset: all.length });
    all.push(...page.channels);
    total = page.channels.length ? page.total_channels : 0;
  }
  out.answer({ channels: all, total_channels: all.length }, () =>
    all.length ? table(all.map(rowOf)) : 'No channels yet: parley create opens one.',
  );
}

const rowOf = ({ channel_id, name, visibility, slots, message_count }: Listed) => [
  channel_id,
  name,
  visibility,
  `${message_count} messages`,
  slots.map(seatOf).join(', '),
];

const seatOf = ({ slot_id, kind, label, filled_by, name }: Slot) =>
  `${slot_id} ${kind === 'bot' ? (filled_by ?? 'bot: free') : (name ?? `${label}: free`)}`;
