/**
 * Jest without flags on any Node from 20.19: swc compiles the tests, our TypeScript and those packages that are ES modules
 * to CommonJS. Stories start the built server as its own process, packed into one file (test/support/packed-server.mjs); the
 * ES modules of dist/ themselves are started by test/platform/start.spec.ts and the stories of installations.
 */
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const modules = join(__dirname, 'node_modules');
const names = readdirSync(modules).flatMap((name) => {
  if (name.startsWith('.')) return [];
  return name.startsWith('@') ? readdirSync(join(modules, name)).map((scoped) => `${name}/${scoped}`) : [name];
});
const isEsModule = (name) => {
  try {
    return JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).type === 'module';
  } catch {
    return false;
  }
};
const swc = (parser) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2023',
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
  },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['src', 'test', 'bot-sdk', 'bot-presets', 'sandbox-image', 'cli', 'verifier'].map(
    (folder) => `<rootDir>/${folder}`,
  ),
  testRegex: '\\.(spec|test)\\.ts$',
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  // The last node_modules of the path decides.
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(${names.filter(isEsModule).join('|')})/)`],
  globalSetup: './test/support/shared-servers.mjs',
  globalTeardown: './test/support/end-shared-servers.mjs',
  testSequencer: './scripts/longest-first.cjs',
  // What needs Postgres runs in `npm run test:postgres`.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(process.env.TEST_DATABASE === 'postgres' ? [] : ['<rootDir>/test/postgres/']),
  ],
  testTimeout: 180_000,
  workerIdleMemoryLimit: '1GB',
};
