import { Store } from '../credentials/store.js';
import type { ServerProfile } from '../server/server-profile.js';

/** The fields of join_channel's answer about the seat. */
export interface RememberedSeat {
  readonly channel_id: string;
  readonly slot_id: string;
  readonly rejoin_token: string;
}

type Remembered = Record<string, { readonly slot_id: string; readonly rejoin_token: string }>;

/** Stores the rejoin token of a seat, for use after a new sign-in. It is never printed. */
export async function rememberSeat(place: ServerProfile, { channel_id, slot_id, rejoin_token }: RememberedSeat) {
  const store = storeOf(place);
  await store.exclusively(async () =>
    store.write({
      ...(await store.read()),
      [channel_id]: { slot_id, rejoin_token },
      [keyOf(channel_id, slot_id)]: { slot_id, rejoin_token },
    }),
  );
}

/** The stored seat with this name, or the last one taken in the channel. */
export const rememberedSeat = async (place: ServerProfile, channelId: string, seat?: string) =>
  (await storeOf(place).read())?.[seat === undefined ? channelId : keyOf(channelId, seat)];

const keyOf = (channelId: string, seat: string) => `${channelId}/${seat}`;

const storeOf = ({ folder }: ServerProfile) => new Store<Remembered>(folder, 'seats.json');
