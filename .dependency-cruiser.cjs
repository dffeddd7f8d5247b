// The line of modules (ARCHITECTURE.md): each may import those before it. `npm run line` checks it.
const LINE = ['kernel', 'platform', 'auth', 'channels', 'messaging', 'runtime', 'bots', 'market', 'arena'];
const DOORS = ['mcp', 'rest'];
const folder = (names) => `^src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or need an event between them.',
      from: {},
      to: { circular: true },
    },
    ...LINE.map((name, i) => ({
      name: `${name}-imports-only-what-comes-before-it`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: folder([...LINE.slice(i + 1), ...DOORS, 'nothing']) },
    })),
    {
      name: 'doors-know-no-feature',
      severity: 'error',
      comment: 'Operations are discovered, never listed.',
      from: { path: folder(DOORS) },
      to: { path: folder(LINE.filter((name) => !['kernel', 'platform', 'auth'].includes(name))) },
    },
    {
      name: 'entities-stay-home',
      severity: 'error',
      comment: 'Other modules call the service; they may know the type, never query the table.',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/.+\\.entity\\.ts$', pathNot: '^src/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'bot-sdk-stands-alone',
      severity: 'error',
      from: { path: '^bot-sdk/' },
      to: { path: '^(src|test|bot-presets|sandbox-image|verifier)/' },
    },
    {
      name: 'presets-see-only-the-sdk',
      severity: 'error',
      from: { path: '^bot-presets/' },
      to: { path: '^(src|test|sandbox-image|verifier)/' },
    },
    {
      name: 'cli-is-a-client',
      severity: 'error',
      comment: 'The command knows of a server what the server publishes.',
      from: { path: '^cli/' },
      to: { path: '^(src|bot-sdk|bot-presets|test|sandbox-image|verifier)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
