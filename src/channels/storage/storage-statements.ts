import { RowStatement, Statement } from '../../platform/database/statements.js';
import { ChannelStorage } from './channel-storage.entity.js';

type Share = { readonly channelId: string; readonly accountId: string };

export const SHARE = new RowStatement<ChannelStorage, Share>(
  ChannelStorage,
  'channel_storage',
  'WHERE channel_id = :channelId AND account_id = :accountId',
);

/** Adds to an account's bytes in a channel; `own` is the part that the account wrote itself. */
export const ADD_TO_SHARE = new Statement<Share & { bytes: number; own: number }, never>(
  `INSERT INTO channel_storage (channel_id, account_id, bytes, own_bytes) VALUES (:channelId, :accountId, :bytes, :own)
  ON CONFLICT (channel_id, account_id) DO UPDATE SET bytes = channel_storage.bytes + excluded.bytes,
    own_bytes = channel_storage.own_bytes + excluded.own_bytes`,
);

export const ADD_TO_ACCOUNT = new Statement<{ accountId: string; bytes: number }, never>(
  `INSERT INTO account_storage (account_id, bytes) VALUES (:accountId, :bytes)
  ON CONFLICT (account_id) DO UPDATE SET bytes = account_storage.bytes + excluded.bytes`,
);
