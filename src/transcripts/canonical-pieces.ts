/** JSON text in pieces, so that a large value is never in memory as a whole. */
export type Pieces = AsyncIterable<string>;

/**
 * An object in canonical JSON (RFC 8785), written piece by piece. The members are written in canonical order, each when
 * the one before it is complete. Names and given texts must be canonical JSON already; names have ASCII letters only.
 */
export async function* objectOf(members: Readonly<Record<string, string | Pieces>>): AsyncGenerator<string> {
  const names = Object.keys(members).sort();
  for (const [i, name] of names.entries()) {
    yield `${i ? ',' : '{'}"${name}":`;
    const value = members[name] as string | Pieces;
    if (typeof value === 'string') yield value;
    else yield* value;
  }
  yield names.length ? '}' : '{}';
}

/** A list of values, given as canonical JSON. */
export async function* listOf(values: Pieces): AsyncGenerator<string> {
  yield* enclosed('[', values, ']');
}

/** An object whose members, `"name":value`, come in canonical order. */
export async function* membersOf(members: Pieces): AsyncGenerator<string> {
  yield* enclosed('{', members, '}');
}

async function* enclosed(open: string, values: Pieces, close: string) {
  let before = open;
  for await (const value of values) {
    yield before + value;
    before = ',';
  }
  yield before === open ? open + close : close;
}
