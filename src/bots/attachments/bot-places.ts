import type { SlotSpec } from '../../channels/slot-spec.js';
import { DomainError } from '../../kernel/errors.js';
import type { PreparedBot } from './bot-preparation.js';

/** Which bot goes to which slot (by its index): the slot it names, else the first bot slot that is still free. */
export function placeBots(
  specs: readonly SlotSpec[],
  bots: readonly PreparedBot[],
): [index: number, bot: PreparedBot][] {
  const free = new Set(specs.flatMap(({ kind }, index) => (kind === 'bot' ? [index] : [])));
  const placed = [...bots]
    // Bots that name a slot are placed first, so that no other bot takes their slot.
    .sort((a, b) => Number(b.slot !== undefined) - Number(a.slot !== undefined))
    .map((bot): [number, PreparedBot] => {
      const index = [...free].find((each) => bot.slot === undefined || isNamed(specs[each], each, bot.slot));
      if (index === undefined) throw new DomainError('INVALID_REQUEST', noPlace(bot));
      free.delete(index);
      return [index, bot];
    });
  return placed.sort(([a], [b]) => a - b);
}

const isNamed = (spec: SlotSpec | undefined, index: number, name: string) =>
  [`s${index}`, spec?.label, `bot:${spec?.label}`].includes(name);

const noPlace = ({ slot }: PreparedBot) =>
  slot === undefined ? 'there are more bots than free bot slots' : 'a bot names a slot that is not a free bot slot';
