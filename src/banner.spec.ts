import { expect, test } from '@jest/globals';
import { banner } from './banner.js';
import { readConfig } from './platform/config/config.js';
import type { ServerKey } from './platform/secrets/server-key.js';

const shownAt = (HOST: string) =>
  banner(readConfig({ HOST }, 'no such file'), {} as ServerKey, { docker: undefined, missing: 'no engine answers' });

test.each(['0.0.0.0', '::', '192.168.1.5', 'parley.local'])(
  'HOST=%s prints a warning that everyone can connect',
  (host) => {
    expect(shownAt(host)).toContain(
      `HOST=${host} is not a loopback address: everyone who can reach port 8100 can use the server`,
    );
  },
);

test.each(['127.0.0.1', '127.0.1.1', '::1', 'localhost'])('HOST=%s prints no warning', (host) => {
  expect(shownAt(host)).not.toContain('gets in');
});
