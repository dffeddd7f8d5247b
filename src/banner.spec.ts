import { expect, test } from '@jest/globals';
import { banner } from './banner.js';
import { readConfig } from './platform/config.js';
import type { ServerKey } from './platform/server-key.js';

const shownAt = (HOST: string) =>
  banner(readConfig({ HOST }, 'no such file'), {} as ServerKey, { docker: undefined, missing: 'no engine answers' });

test.each(['0.0.0.0', '::', '192.168.1.5', 'parley.local'])('HOST=%s is told to let everyone in', (host) => {
  expect(shownAt(host)).toContain(`HOST=${host} is not a loopback address: whoever reaches port 8100 gets in`);
});

test.each(['127.0.0.1', '127.0.1.1', '::1', 'localhost'])('HOST=%s needs no word', (host) => {
  expect(shownAt(host)).not.toContain('gets in');
});
