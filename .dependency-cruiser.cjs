// The whole .dependency-cruiser.cjs after all lists of moves (auth, mcp, platform, cli, bots). `npx biome check --write` lays it out.
/** The line of modules (ARCHITECTURE.md): each may import those before it. `npm run line` checks it. */
const LINE = [
  'kernel',
  'platform',
  'identity',
  'oauth',
  'pages',
  'channels',
  'proofs',
  'messaging',
  'runtime',
  'bots',
  'transcripts',
  'guide',
];
const DOORS = ['mcp', 'rest'];

/**
 * The line inside a module, by its folders: each may import those before it. What stands beside them in the module's own folder
 * comes last (`.`); in `cli` that is the command line itself. `migrations` import none of them.
 */
const ROOMS = {
  'src/platform': [
    'egress',
    'config',
    'files',
    'secrets',
    'database',
    'observability',
    'http',
    'limits',
    'pages',
    'docs',
    'catalogs',
  ],
  'src/identity': ['invites', 'accounts', 'passwords', 'passkeys', 'browsers', 'sign-in'],
  'src/oauth': ['protocol', 'clients', 'sessions', 'bearer', 'consent', 'grants', 'access', 'endpoints'],
  'src/bots': ['code', 'secrets', 'trials', 'attachments', 'execution', 'play', 'debugging', 'moderation'],
  'src/proofs': ['tree', 'notes', 'log', 'witnesses'],
  'src/mcp': ['sessions', 'requests', 'tools', 'resources', 'prompts', 'server', 'http'],
  cli: ['server', 'terminal', 'oauth', 'credentials', 'session', 'bridge', 'doctor', 'play', 'compare', 'commands'],
  verifier: ['encoding', 'notes', 'report', 'bundle', 'claims', 'replay'],
  'bot-sdk': ['kit'],
  scripts: ['sandbox-image', 'kit-libraries', 'installation'],
};

/** Tests stand beside what they test and may build it with anything. */
const NO_TEST = '\\.spec\\.ts$';

const rooms = Object.entries(ROOMS).flatMap(([home, line]) =>
  line.map((name, i) => ({
    name: `${home}/${name}-imports-only-what-comes-before-it`,
    severity: 'error',
    from: { path: `^${home}/${name}/`, pathNot: NO_TEST },
    // The rooms behind it, and the files of the module's own folder.
    to: { path: `^${home}/(${[...line.slice(i + 1).map((after) => `${after}/`), '[^/]+$'].join('|')})` },
  })),
);

/** A new folder has a place in the line, or it is nobody's. */
const unplaced = Object.entries(ROOMS).map(([home, line]) => ({
  name: `${home}-has-no-other-folders`,
  severity: 'error',
  comment: 'Give the folder its place in ROOMS.',
  from: {},
  to: { path: `^${home}/[^/]+/`, pathNot: `^${home}/(${[...line, 'migrations'].join('|')})/` },
}));

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
    ...rooms,
    ...unplaced,
    {
      name: 'doors-know-no-feature',
      severity: 'error',
      comment: 'Operations are discovered, never listed.',
      from: { path: folder(DOORS) },
      to: { path: folder(LINE.filter((name) => !['kernel', 'platform', 'oauth'].includes(name))) },
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
      to: { path: '^(src|test|bot-presets|sandbox-image|scripts|cli|verifier)/' },
    },
    {
      name: 'sandbox-image-knows-only-the-sdk',
      severity: 'error',
      from: { path: '^sandbox-image/' },
      to: { path: '^(src|test|bot-presets|scripts|cli|bench|demo)/' },
    },
    {
      name: 'scripts-start-what-is-built',
      severity: 'error',
      comment: 'They run before anything is compiled: of the repository they import what needs no compiler.',
      from: { path: '^scripts/' },
      to: { path: '^(src|test|bot-presets|cli|bench|demo)/' },
    },
    {
      name: 'presets-see-only-the-sdk',
      severity: 'error',
      from: { path: '^bot-presets/' },
      to: { path: '^(src|test|sandbox-image|scripts|cli)/' },
    },
    {
      name: 'verifier-is-a-second-implementation',
      severity: 'error',
      comment: 'It shares the execution of a run with the server, and nothing else.',
      from: { path: '^verifier/', pathNot: NO_TEST },
      to: { path: '^(src|bot-presets|test|sandbox-image|scripts|cli|bench|demo)/' },
    },
    {
      name: 'verifier-runs-in-a-browser',
      severity: 'error',
      comment: 'Only the command itself and replay in containers may use Node.',
      from: { path: '^verifier/', pathNot: ['\\.spec\\.ts$', '^verifier/[^/]+$', '^verifier/replay/docker/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'web-knows-only-the-verifier',
      severity: 'error',
      comment:
        'Scripts of pages run in browsers. What of bot-sdk needs Node has a substitute here (scripts/verify-page.mjs).',
      from: { path: '^web/' },
      to: { path: '^(src|bot-sdk|bot-presets|test|sandbox-image|scripts|cli)/' },
    },
    {
      name: 'cli-is-a-client',
      severity: 'error',
      comment: 'The command knows of a server what the server publishes, and checks it as everyone can.',
      from: { path: '^cli/' },
      to: { path: '^(src|bot-sdk|bot-presets|test|sandbox-image|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
