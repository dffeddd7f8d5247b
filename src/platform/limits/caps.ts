/** Fixed limits, the same for every caller. All code uses the figures from here. */
export const CAPS = {
  body_bytes: { most: 1_048_576, about: 'Bytes of a request body sent with a token.' },
  anonymous_body_bytes: {
    most: 32_768,
    about:
      'Bytes of a request body at the OAuth endpoints and of a form. Elsewhere a body without a token is not read, except at the MCP endpoint.',
  },
  unknown_message_bytes: {
    most: 4_096,
    about: 'Bytes of a message without a token at the MCP endpoint: initialize, ping or tools/list.',
  },
  unit_bytes: { most: 16_384, about: 'Bytes of a request body that cost one unit, in addition to the call itself.' },
  body_depth: { most: 20, about: 'Levels of nesting in a message; the JSON-RPC envelope may add a few more.' },
  body_values: { most: 50_000, about: 'Values in a request body, counted at every level.' },
  body_fields: { most: 10_000, about: 'Fields of objects in a request body, counted at every level.' },
  url_characters: { most: 8_192, about: 'Characters of an address with its query.' },
  headers: { most: 100, about: 'Header fields of a request. More are ignored.' },
  header_bytes: { most: 16_384, about: 'Bytes of the header fields of a request.' },
  batch_messages: { most: 20, about: 'JSON-RPC messages in one MCP request.' },
  message_bytes: { most: 65_536, about: 'Bytes of one message in a channel.' },
  channel_slots: { most: 32, about: 'Slots of a channel. This also limits its members, invites and bots.' },
  entropy_gifts: {
    most: 20,
    about:
      'Times that one account can give entropy to one channel; one time in a channel that has received entropy 1,000 times.',
  },
  channel_ops: { most: 20, about: 'Changes in one update_channel.' },
  created_bots: { most: 8, about: 'Bots in one create_channel.' },
  source_characters: { most: 262_144, about: 'Characters of the source of a bot.' },
  wait_ms: { most: 50_000, about: 'Milliseconds that one call can wait for new messages.' },
  page_messages: { most: 500, about: 'Messages in one answer.' },
  page_bytes: {
    most: 100_000,
    about: 'Bytes of messages, channels or receipts in one answer. A single larger item is sent alone.',
  },
  sync_bytes: { most: 262_144, about: 'Bytes of messages in one answer of sync_messages, instead of page_bytes.' },
} as const satisfies Record<string, { readonly most: number; readonly about: string }>;

export type CapName = keyof typeof CAPS;

/** The cost of a request body of this many bytes in rate units; small bodies cost nothing. */
export const unitsOfBytes = (bytes: number): number =>
  Math.floor(Math.min(bytes, CAPS.body_bytes.most) / CAPS.unit_bytes.most);

/** How many items fit into one answer: as many as the page size allows, but at least one, however large it is. */
export function fittingCount(
  items: readonly { readonly bytes: number }[],
  most: number = CAPS.page_bytes.most,
): number {
  let bytes = 0;
  const full = items.findIndex((item) => {
    bytes += item.bytes;
    return bytes > most;
  });
  return full < 0 ? items.length : Math.max(1, full);
}
