import { Store } from './credentials/store.js';
import type { Place } from './place.js';

/** What join_channel answers of a seat. */
export interface TakenSeat {
  readonly channel_id: string;
  readonly slot_id: string;
  readonly rejoin_token: string;
}

type Remembered = Record<string, { readonly slot_id: string; readonly rejoin_token: string }>;

/** Keeps the token that takes a seat back, for the day the sign-in is another one. It is shown to nobody. */
export async function rememberSeat(place: Place, { channel_id, slot_id, rejoin_token }: TakenSeat) {
  const store = storeOf(place);
  await store.exclusively(async () =>
    store.write({
      ...(await store.read()),
      [channel_id]: { slot_id, rejoin_token },
      [keyOf(channel_id, slot_id)]: { slot_id, rejoin_token },
    }),
  );
}

/** The seat of the channel that is named, or else the last one taken there. */
export const rememberedSeat = async (place: Place, channelId: string, seat?: string) =>
  (await storeOf(place).read())?.[seat === undefined ? channelId : keyOf(channelId, seat)];

const keyOf = (channelId: string, seat: string) => `${channelId}/${seat}`;

const storeOf = ({ folder }: Place) => new Store<Remembered>(folder, 'seats.json');
