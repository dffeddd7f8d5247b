import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openBerth } from '../../support/arena.js';
import { printedInside } from '../../support/break-in.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { BREAK_OUTS, CONFINEMENT, PROBE_KIT, type Probe } from './probes.js';

describeWithDocker('A container', () => {
  describe('allows what is inside it', () => probed(CONFINEMENT));
  describe('refuses to a process without rights', () => probed(BREAK_OUTS));
});

/** All probes of a table are made in one container, each as if it were the only one. */
function probed(table: Probe[]) {
  let found: Record<string, unknown>;
  beforeAll(async () => {
    const acts = table.map(([name, python]) => `found[${JSON.stringify(name)}] = probe(lambda: ${python})`);
    const script = `${PROBE_KIT}\nfound = {}\n${acts.join('\n')}\nprint(json.dumps(found))`;
    found = JSON.parse(await printedInside(await openBerth(), `probes-${randomUUID()}`, script));
  });

  test.each(table)('%s', (name, _, expected) => {
    expect({ [name]: found[name] }).toEqual({ [name]: matching(expected) });
  });
}

const matching = (expected: unknown): unknown => {
  if (expected instanceof RegExp) return expect.stringMatching(expected);
  return Array.isArray(expected) ? expected.map(matching) : expected;
};
