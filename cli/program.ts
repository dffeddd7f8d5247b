import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SCRIPT_HELP } from './play/script.js';
import type { CliSession, CommonOptions } from './session/cli-session.js';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

const KINDS = ['docker', 'embedded'];

/** All commands and their options. The code of a command is loaded when it is used. */
export function program(): Command {
  const parley = new Command('parley')
    .description('Parley from a terminal.')
    .version(version)
    .option('--server <url>', 'the server (default: PARLEY_URL, or http://127.0.0.1:8100)')
    .option('--profile <name>', 'the profile: each one has its own sign-in (default: PARLEY_PROFILE, or "default")')
    .option('--json', 'print JSON, for programs')
    .exitOverride()
    .showHelpAfterError('(parley --help lists the commands)');
  signingIn(parley);
  channels(parley);
  talking(parley);
  checking(parley);
  bots(parley);
  botTest(parley);
  connecting(parley);
  return parley;
}

function signingIn(parley: Command) {
  command(parley, 'login [url]', 'sign in, in your browser')
    .option('--token', 'read a personal access token from standard input instead')
    .option('--machine', 'sign in as a program, where the server allows it')
    .option('--name <name>', 'name of this client (default: from the profile)')
    .option('--scope <scopes>', 'ask for these scopes only, such as "channels bots"')
    .option('--client-metadata-url <url>', 'address of your own client metadata document')
    .option('--no-browser', 'only print the address to open')
    .action(run(async (session, options, url) => (await import('./commands/login.js')).login(session, options, url)));
  command(parley, 'logout', 'sign out, here and at the server').action(
    run(async (session) => (await import('./commands/logout.js')).logout(session)),
  );
  command(parley, 'whoami', 'show who you are signed in as, and check that the sign-in is still valid').action(
    run(async (session) => (await import('./commands/whoami.js')).whoami(session)),
  );
}

function channels(parley: Command) {
  command(parley, 'channels', 'list the channels you can see').action(
    run(async (session) => (await import('./commands/channels.js')).channels(session)),
  );
  command(
    parley,
    'create <name> [slots...]',
    'create a channel; a slot is bot:<label>, invite:<label> or observe:<label>',
  )
    .option('--preset <name>', 'a bot that comes with the server')
    .option('--bot-file <file>', 'a bot of your own')
    .option('--manifest <file>', 'its manifest (default: derived from the code)')
    .option('--language <name>', 'the language of the file, if it cannot be detected')
    .option('--params <json>', 'settings of the bot', json)
    .option('--public', 'public: everyone can find it and take a free seat')
    .option('--distinct-members', 'an account may hold only one player seat')
    .option('--entropy <text>', 'your share of the randomness')
    .option('--join', 'take the first seat yourself')
    .action(
      run(async (session, options, name, slots) =>
        (await import('./commands/create.js')).create(session, name, slots, options),
      ),
    );
  command(parley, 'join <code>', 'take a seat: with an invite, a rejoin token, or the id of a channel')
    .option('--entropy <text>', 'your share of the randomness')
    .option('--seat <slot>', 'with the id of a channel: which seat to take, if you hold several')
    .action(run(async (session, options, code) => (await import('./commands/join.js')).join(session, code, options)));
  command(parley, 'who [channel]', 'show who is there, which seats are free, and whose turn it is')
    .option('--seat <slot>', 'the seat to use, if you hold several')
    .action(
      run(async (session, options, channel) => (await import('./commands/who.js')).who(session, channel, options)),
    );
}

function talking(parley: Command) {
  command(parley, 'say <channel> [text]', 'post a message; - reads it from standard input')
    .option('--body <json>', 'a JSON object instead of text', json)
    .option('--to <who>', 'a seat or a bot, by slot, label or name: only they can read it')
    .option('--sealed', 'with --to a bot: only the bot can read it until it reveals it')
    .option('--seat <slot>', 'the seat to post from, if you hold several')
    .option('--wait <ms>', 'milliseconds to wait for the answers of the bots', wholeNumber)
    .action(
      run(async (session, options, channel, text) =>
        (await import('./commands/say.js')).say(session, channel, text, options),
      ),
    );
  command(parley, 'watch <channel>', 'show the messages of a channel, live')
    .option('--since <id>', 'only messages after this id', wholeNumber)
    .option('--no-follow', 'show the existing messages, then exit')
    .option('--seat <slot>', 'the seat to use, if you hold several')
    .action(
      run(async (session, options, channel) => (await import('./commands/watch.js')).watch(session, channel, options)),
    );
  command(parley, 'play <channel>', 'play: show messages and post what you type; also takes an invite')
    .option('--at-once', 'send piped lines without waiting for your turn')
    .option('--seat <slot>', 'the seat to play from, if you hold several')
    .action(
      run(async (session, options, channel) =>
        (await import('./commands/play.js')).playCommand(session, channel, options),
      ),
    );
}

function checking(parley: Command) {
  command(parley, 'export <channel> [file]', 'save everything that is needed to check a channel offline')
    .option('--seat <slot>', 'the seat to use, if you hold several')
    .action(
      run(async (session, options, channel, file) =>
        (await import('./commands/export.js')).exportTranscript(session, channel, file, options),
      ),
    );
  command(
    parley,
    'compare <a> <b>',
    'set two bundles or checkpoints of one channel against each other; exit code 0, 5 (undecided), 30 (they differ), 40 (not valid)',
  ).action(run(async (session, _, a, b) => (await import('./commands/compare.js')).compare(session, a, b)));
}

function bots(parley: Command) {
  command(parley, 'presets [name]', 'list the bots that come with the server, or show one').action(
    run(async (session, _, name) => (await import('./commands/presets.js')).presets(session, name)),
  );
  command(
    parley,
    'code <channel> [bot]',
    'show the source of a bot, given by slot, label or name, and check it against the announced hashes',
  )
    .option('--seat <slot>', 'the seat to use, if you hold several')
    .action(
      run(async (session, options, channel, bot) =>
        (await import('./commands/code.js')).code(session, channel, bot, options),
      ),
    );
  command(
    parley,
    'logs [channel] [bot]',
    'show what a bot printed and how its runs failed; everyone is told that you looked',
  )
    .option('--runs <count>', 'number of runs to show, newest first', wholeNumber)
    .option('--seat <slot>', 'the seat to use, if you hold several')
    .action(
      run(async (session, options, channel, bot) =>
        (await import('./commands/logs.js')).logs(session, channel, bot, options),
      ),
    );
  command(parley, 'tools', 'list the MCP tools, with their schemas').action(
    run(async (session) => (await import('./commands/tools.js')).tools(session)),
  );
}

function botTest(parley: Command) {
  command(parley, 'test <file> [script]', 'run a script against a bot in a sandbox on this machine; needs no server')
    .option('--manifest <file>', 'its manifest, if there is no manifest.json beside bot.js, bot.ts or bot.py')
    .option('--language <name>', 'its language, if the file name does not show it')
    .option('--params <json>', 'settings of the bot', json)
    .option('--env <json>', 'secrets of the bot, by name', json)
    .option('--seed <text>', 'seed of the randomness; another seed gives another game')
    .addOption(
      new Option('--sandbox <kind>', 'where it runs (default: a container if an engine answers)').choices(KINDS),
    )
    .option('--watch', 'run again after every change of the bot or the script')
    .addHelpText('after', SCRIPT_HELP)
    .action(
      run(async (session, options, file, script) =>
        (await import('./commands/test.js')).test(session, file, script, options),
      ),
    );
}

function connecting(parley: Command) {
  command(parley, 'mcp-bridge', 'connect an MCP client that only supports stdio to the server')
    .option('--tools <toolsets>', 'only these toolsets, such as core,bots')
    .option('--name <name>', 'name of this client, if it has to sign in (default: from the profile)')
    .option('--no-browser', 'never open a browser; print the sign-in address')
    .action(run(async (session, options) => (await import('./commands/mcp-bridge.js')).mcpBridge(session, options)));
  command(
    parley,
    'doctor <url>',
    'check a server in the same way as Claude and ChatGPT connect, and show the first problem',
  )
    .option('--limit <ms>', 'milliseconds within which each answer must arrive', wholeNumber, 10_000)
    .action(run(async (session, options, url) => (await import('./commands/doctor.js')).doctor(session, url, options)));
}

const command = (parley: Command, usage: string, about: string) =>
  parley.command(usage).description(about).allowExcessArguments(false);

// biome-ignore lint/suspicious/noExplicitAny: commander passes the options that the command declared above
type Action = (session: CliSession, options: any, ...given: any[]) => Promise<void>;

/** Gives a command its session. Ctrl-C ends it gracefully, a second one immediately. */
function run(action: Action) {
  return async (...given: unknown[]) => {
    const command = given.pop() as Command;
    const options = given.pop();
    const { CliSession } = await import('./session/cli-session.js');
    const session = new CliSession(command.optsWithGlobals<CommonOptions>());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, session.end);
    await action(session, options, ...given);
  };
}

function json(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Reported below.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"range":[1,10]}.');
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
