/** What is fixed, whoever asks. Everything that keeps to one of these takes the figure from here. */
export const CAPS = {
  body_bytes: { most: 1_048_576, about: 'Bytes of a request body that comes with a token.' },
  anonymous_body_bytes: {
    most: 32_768,
    about:
      'Bytes of a request body at the endpoints of OAuth and of a form. Elsewhere a body without a token is not read.',
  },
  unit_bytes: { most: 16_384, about: 'Bytes of a request body that weigh one unit, beside the call that is in it.' },
  body_depth: { most: 20, about: 'Levels of nesting in a message; an envelope around it has a few more.' },
  body_values: { most: 50_000, about: 'Values in a request body, counted at every level.' },
  body_fields: { most: 10_000, about: 'Fields of objects in a request body, counted at every level.' },
  url_characters: { most: 8_192, about: 'Characters of an address with its query.' },
  headers: { most: 100, about: 'Header fields of a request; further ones are not read.' },
  header_bytes: { most: 16_384, about: 'Bytes of the header fields of a request.' },
  batch_messages: { most: 20, about: 'JSON-RPC messages in one MCP request.' },
  message_bytes: { most: 65_536, about: 'Bytes of one message in a channel.' },
  channel_slots: { most: 32, about: 'Slots of a channel, and so the most members, invites and bots in it.' },
  entropy_gifts: {
    most: 20,
    about: 'Times that one account gives entropy to one channel; once, in a channel that was given some 1,000 times.',
  },
  channel_ops: { most: 20, about: 'Changes in one update_channel.' },
  created_bots: { most: 8, about: 'Bots in one create_channel.' },
  source_characters: { most: 262_144, about: 'Characters of the source of a bot.' },
  wait_ms: { most: 50_000, about: 'Milliseconds that one call waits for news.' },
  page_messages: { most: 500, about: 'Messages in one answer.' },
  page_bytes: {
    most: 100_000,
    about:
      'Bytes of messages, channels or receipts in one answer, which ends before it is full; one larger item is alone in it.',
  },
} as const satisfies Record<string, { readonly most: number; readonly about: string }>;

export type CapName = keyof typeof CAPS;

/** What so many bytes of a request weigh against the rates, in units; what is small weighs nothing. */
export const unitsOfBytes = (bytes: number): number =>
  Math.floor(Math.min(bytes, CAPS.body_bytes.most) / CAPS.unit_bytes.most);

/** How many of some items go into one answer: as many as fit into a page, and the first however large it is. */
export function fittingCount(items: readonly { readonly bytes: number }[]): number {
  let bytes = 0;
  const full = items.findIndex((item) => {
    bytes += item.bytes;
    return bytes > CAPS.page_bytes.most;
  });
  return full < 0 ? items.length : Math.max(1, full);
}
