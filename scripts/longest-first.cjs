// The order in which jest runs the test files. A long file that starts last would run alone while other workers are
// idle. On a new machine jest knows only the sizes of the files, so the longest are listed here.
const resolveFrom = (name, from) => require.resolve(name, { paths: [from] });
// A dependency of jest, which may not be installed at the top level.
const Sequencer = require(
  resolveFrom('@jest/test-sequencer', resolveFrom('@jest/core', require.resolve('jest'))),
).default;

/** Files that take more than 30 seconds. A file that is missing in this list only starts later. */
const LONGEST = [
  'test/limits/storage.spec.ts',
  'test/cli/test.spec.ts',
  'test/stories/killed-writes.spec.ts',
  'test/sandbox/attacks/crowds.spec.ts',
  'test/stories/seed-bots.spec.ts',
  'test/bots/secrets.spec.ts',
  'test/bots/commitments.spec.ts',
  'test/bots/trials.spec.ts',
  'test/stories/installations.spec.ts',
  'test/every-operation.spec.ts',
  'bot-presets/every-preset.spec.ts',
  'test/channels/modes.spec.ts',
  'test/sandbox/python-harness.spec.ts',
  'test/stories/restart.spec.ts',
  'test/stories/blackjack.spec.ts',
  'test/sandbox/determinism.spec.ts',
  'test/sandbox/every-runner.spec.ts',
  'test/bots/fair-turns.spec.ts',
  'test/play/repeats.spec.ts',
  'test/platform/start.spec.ts',
  'test/bots/overlays.spec.ts',
  'test/bots/hostile-bots.spec.ts',
  'test/cli/naming.spec.ts',
  'test/cli/bridge.spec.ts',
  'test/stories/sandbox-engine.spec.ts',
  'test/accounts/guessing.spec.ts',
  'src/runtime/embedded/embedded-runner.spec.ts',
];

/** First the longest files, then those that start servers or containers, then the rest, each by jest's own data. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const { quickOf } = await import('./quick.mjs');
    const quick = new Set(quickOf(tests.map(({ path }) => path)));
    const place = ({ path, context }) => {
      const file = path.slice(context.config.rootDir.length + 1).replaceAll('\\', '/');
      const known = LONGEST.indexOf(file);
      if (known >= 0) return known;
      return quick.has(file) ? LONGEST.length + 1 : LONGEST.length;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
};
