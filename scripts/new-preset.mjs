// Creates the folder of a new preset that passes the tests of presets: `npm run new:preset NAME`; see USAGE.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = `npm run new:preset NAME                      such as dice, or coin-toss
npm run new:preset NAME -- --typescript      a bot.ts
npm run new:preset NAME -- --dir FOLDER      elsewhere: a folder that PRESETS_DIR names, or will name`;
const SHIPPED = 'bot-presets';

try {
  console.log(make(parse()));
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

function parse() {
  const options = { typescript: { type: 'boolean', default: false }, dir: { type: 'string', default: SHIPPED } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length !== 1) throw new Error('Give the preset one name.');
  return { given: positionals[0], ...values };
}

function make({ given, typescript, dir }) {
  const words = given
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_ ]+/)
    .filter((word) => word !== 'bot');
  if (!words.length || !words.every((word) => /^[a-z][a-z0-9]*$/.test(word))) {
    throw new Error(
      'A name is made of letters and digits, with a dash between words, and each word begins with a letter.',
    );
  }
  const name = `${words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')}Bot`;
  if (name.length > 40) throw new Error('A name has at most 37 letters and digits.');
  const folder = join(dir, words.join('-'));
  if (existsSync(folder)) throw new Error(`${folder} is there already.`);
  if (namesIn(dir).includes(name)) throw new Error(`There is a preset named ${name} already.`);
  mkdirSync(folder, { recursive: true });
  const sdk = relative(resolve(folder), resolve('bot-sdk')).replaceAll('\\', '/');
  const files = {
    'manifest.json': manifest(name, typescript ? 'typescript' : 'javascript'),
    [typescript ? 'bot.ts' : 'bot.js']: source(name, typescript),
    'bot.test.ts': test(name, sdk),
    'README.md': readme(name),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return nextSteps(name, folder, dir);
}

function namesIn(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((entry) => {
    const file = join(dir, entry, 'manifest.json');
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')).name] : [];
  });
}

function nextSteps(name, folder, dir) {
  const isShipped = resolve(dir) === resolve(SHIPPED);
  return [
    `${name} is in ${folder}: a die that whoever is there can roll. Make your game of it.`,
    '',
    ...(isShipped
      ? [`npx jest ${SHIPPED}                    its test, and what every preset owes`]
      : [`PRESETS_DIR=${dir} npx jest ${SHIPPED}/every-preset   what every preset owes`]),
    `npx parley test ${folder} --watch     plays it, again after every change`,
    isShipped
      ? 'Before it lands: npm run build && node scripts/keep-texts.mjs <commit or version>'
      : `PRESETS_DIR=${dir} npm start          has it among its presets`,
  ].join('\n');
}

function manifest(name, language) {
  const fields = {
    name,
    version: '1.0.0',
    summary: 'Rolls a die for whoever asks.',
    language,
    hooks: ['on_init', 'on_message'],
    emits: ['prompt', 'rolled', 'help'],
    params: {
      type: 'object',
      additionalProperties: false,
      properties: {
        sides: { type: 'integer', minimum: 2, maximum: 1000, default: 6, description: 'How many sides the die has.' },
      },
    },
    seats: { min: 1, max: 64, distinct_members: false },
    permissions: { network: [], modules: [], private_messages: false, update_channel: false },
    needs_env: [],
    limits: {},
  };
  // As the formatter writes it: short lists and objects on one line.
  const text = JSON.stringify(fields, null, 2);
  return `${text
    .replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))
    .replace(/\{[^{}]*\}/g, (inner) => {
      const line = inner.replace(/\s+/g, ' ');
      return line.length < 100 ? line : inner;
    })}\n`;
}

function source(name, typescript) {
  const fields = typescript ? '  private readonly ctx: Ctx;\n  private readonly sides: number;\n\n' : '';
  const types = typescript
    ? `interface Ctx {
  post(kind: string, body: object): void;
  getState(): { rolls?: number };
  setState(state: object): void;
  random(below: number): number;
}

`
    : '';
  const given = typescript ? '(ctx: Ctx, { sides }: { sides: number })' : '(ctx, { sides })';
  const heard = typescript ? '({ sender, body }: { sender: string; body: { text?: unknown } })' : '({ sender, body })';
  const handed = typescript ? '(player: string)' : '(player)';
  return `${types}/** A die that everyone in the channel can roll. Each throw is drawn from the seed of the round, which nobody chooses alone. */
export default class ${name} {
${fields}  constructor${given} {
    this.ctx = ctx;
    this.sides = sides;
  }

  onInit() {
    this.ctx.post('bot', { type: 'prompt', text: this.rules() });
  }

  onMessage${heard} {
    const text = typeof body.text === 'string' ? body.text.trim().toLowerCase() : '';
    const word = text.replace(/^[!/]+(?=.)|[.!]+$/g, '').replace(/(?<=\\w)\\?+$/, '');
    if (WORDS_FOR_HELP.includes(word)) {
      this.ctx.post('bot', { type: 'help', player: sender, text: this.rules(), legal: ['roll', 'help'] });
    }
    if (word === 'roll') this.roll(sender);
  }

  rules() {
    return \`Say roll for a number from 1 to \${this.sides}, or help for this text.\`;
  }

  roll${handed} {
    const rolls = (this.ctx.getState().rolls ?? 0) + 1;
    this.ctx.setState({ rolls });
    this.ctx.post('bot', { type: 'rolled', player, value: 1 + this.ctx.random(this.sides), rolls });
  }
}

const WORDS_FOR_HELP = ['help', 'rules', 'rule', 'commands', 'how', '?'];
`;
}

function test(name, sdk) {
  return `import { expect, test } from '@jest/globals';
import { play } from '${sdk}/play.js';

const RULES = 'Say roll for a number from 1 to 6, or help for this text.';

test('${name} says its rules, rolls for whoever asks, and counts the rolls', async () => {
  const { lines, posts } = await play(__dirname, [
    ['join', 's1'],
    ['say', 's1', 'Roll '],
    ['say', 's1', 'rolling'],
    ['say', 's1', 'help'],
    ['say', 's2', 'roll'],
  ]);

  expect(posts.map(({ body }) => body.type)).toEqual(['prompt', 'rolled', 'help', 'rolled']);
  expect(posts[0]?.body.text).toBe(RULES);
  expect(posts[2]?.body).toEqual({ type: 'help', player: 's1', text: RULES, legal: ['roll', 'help'] });
  expect(lines.filter((line) => line.startsWith('bot: rolled'))).toEqual([
    expect.stringMatching(/^bot: rolled player=s1 value=[1-6] rolls=1$/),
    expect.stringMatching(/^bot: rolled player=s2 value=[1-6] rolls=2$/),
  ]);
});

test('Another seed is another throw, and a die has as many sides as params say', async () => {
  const seeds = Array.from({ length: 20 }, (_, i) => \`seed \${i}\`);
  const throws = seeds.map((seed) => play(__dirname, [['say', 's1', 'roll']], { seed, params: { sides: 1000 } }));

  const values = (await Promise.all(throws)).map(({ posts }) => posts[1]?.body.value);

  expect(new Set(values).size).toBeGreaterThan(10);
});
`;
}

function readme(name) {
  return `# ${name}

A die that everyone in the channel can roll.

## Playing

| you write | it is                                     |
| --------- | ----------------------------------------- |
| \`roll\`    | a throw: \`rolled\` with \`player\` and \`value\` |
| \`help\`    | the rules                                 |

| param   | default |           |
| ------- | ------- | --------- |
| \`sides\` | \`6\`     | 2 to 1000 |

## What is proven

- Every throw is drawn from the seed of the round: replaying the round gives every post again.
`;
}
