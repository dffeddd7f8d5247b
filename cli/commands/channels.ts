import type { SlotInfo } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { table } from '../terminal/output.js';

interface Listed {
  readonly channel_id: string;
  readonly name: string;
  readonly visibility: string;
  readonly slots: readonly SlotInfo[];
  readonly message_count: number;
}

const PAGE = 200;

/** Lists all channels that the user can see, newest first. */
export async function channels({ server, out }: CliSession) {
  const all: Listed[] = [];
  for (let total = 1; all.length < total; ) {
    const page = await server.read('list_channels', { limit: PAGE, offset: all.length });
    all.push(...page.channels);
    total = page.channels.length ? page.total_channels : 0;
  }
  out.answer({ channels: all, total_channels: all.length }, () =>
    all.length ? table(all.map(rowOf)) : 'No channels yet. Create one with: parley create',
  );
}

const rowOf = ({ channel_id, name, visibility, slots, message_count }: Listed) => [
  channel_id,
  name,
  visibility,
  `${message_count} messages`,
  slots.map(seatOf).join(', '),
];

const seatOf = ({ slot_id, kind, label, filled_by, name }: SlotInfo) =>
  `${slot_id} ${kind === 'bot' ? (filled_by ?? 'bot: free') : (name ?? `${label}: free`)}`;
