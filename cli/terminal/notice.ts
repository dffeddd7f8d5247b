import { clockTime, deadlineOf } from './deadline.js';
import { visible } from './visible.js';

/** Names by slot: `s1` → `s1 alice`. */
export type Names = Readonly<Record<string, string>>;

/** A message of the server or a bot as a sentence, and the fields of its body that need not be shown in addition. */
export interface Notice {
  readonly sentence: string;
  readonly says: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;
type Telling = (body: Body, names: Names) => string | undefined;

const TELLINGS: Readonly<Record<string, readonly [telling: Telling, says: readonly string[]]>> = {
  channel_created: [
    ({ name, visibility }) => `“${shown(name)}” is open, and ${shown(visibility)}`,
    ['name', 'visibility', 'mode', 'slots', 'distinct_members', 'entropy'],
  ],
  member_joined: [
    ({ name, slot_id, label, role }) =>
      `${shown(name)} ${role === 'observer' ? 'observes from' : 'took the seat'} ${shown(slot_id)}${label === name ? '' : ` (${shown(label)})`}`,
    ['name', 'slot_id', 'label', 'role', 'entropy'],
  ],
  member_rejoined: [({ slot_id }, names) => `${seatIn(names, slot_id)} is back`, ['slot_id']],
  member_left: [
    ({ slot_id, reason }, names) => `${seatIn(names, slot_id)} ${LEAVING[String(reason)] ?? 'has left'}`,
    ['slot_id', 'role', 'reason'],
  ],
  'bot:attach': [
    ({ name, version, slot_id }) => `${shown(name)} ${shown(version)} is the bot in ${shown(slot_id)}`,
    [
      'name',
      'version',
      'slot_id',
      'language',
      'manifest_hash',
      'bundle_hash',
      'runtime',
      'params',
      'env_keys',
      'round',
      'seed_commit',
    ],
  ],
  'bot:turn': [
    ({ player, deadline }, names) => {
      if (typeof player !== 'string') return undefined;
      const end = deadlineOf(deadline);
      return `it is the turn of ${seatIn(names, player)}${end ? `, until ${clockTime(end)}` : ''}`;
    },
    ['player', 'deadline'],
  ],
  'bot:error': [
    ({ bot_id, code, detail, hook }) =>
      `${shown(bot_id)} failed${typeof hook === 'string' ? ` in ${shown(hook)}` : ''}: ${shown(code)}${typeof detail === 'string' ? `: ${shown(detail)}` : ''}`,
    ['bot_id', 'code', 'detail', 'hook', 'event_seq', 'drew'],
  ],
};

const LEAVING: Readonly<Record<string, string>> = {
  left: 'has left',
  kicked: 'was removed',
  yielded: 'has given up the seat',
  plays: 'has stopped watching, to play',
};

/** The sentence for a body; undefined if there is none for its type. */
export function noticeOf(body: Body, names: Names): Notice | undefined {
  const type = String(body.type);
  const [telling, says] = Object.hasOwn(TELLINGS, type) ? (TELLINGS[type] ?? []) : [];
  const sentence = telling?.(body, names);
  return sentence === undefined ? undefined : { sentence, says: says ?? [] };
}

const shown = (value: unknown) => visible(String(value ?? '?'));

/** `s1 alice` → `alice (s1)`. */
function seatIn(names: Names, slot: unknown): string {
  const id = String(slot);
  const name = (Object.hasOwn(names, id) ? names[id] : undefined)?.slice(id.length + 1);
  return name ? `${visible(name)} (${visible(id)})` : visible(id);
}
