import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type { CommonOptions, Session } from './session.js';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

/** Every command and its options. What a command does is loaded when it is asked for. */
export function program(): Command {
  const parley = new Command('parley')
    .description('Parley from a terminal.')
    .version(version)
    .option('--server <url>', 'the server; PARLEY_URL, else http://127.0.0.1:8100')
    .option('--profile <name>', 'who you are there: each profile signs in for itself; PARLEY_PROFILE, else default')
    .option('--json', 'answer in JSON, for programs')
    .exitOverride()
    .showHelpAfterError('(parley --help lists what there is)');
  signingIn(parley);
  channels(parley);
  bots(parley);
  connecting(parley);
  return parley;
}

function signingIn(parley: Command) {
  command(parley, 'login [url]', 'sign in, in your browser')
    .option('--token', 'read a personal access token from standard input instead')
    .option('--machine', 'sign in as a program, where the server allows it')
    .option('--name <name>', 'what to call this client', 'Parley CLI')
    .option('--scope <scopes>', 'ask for these scopes only, such as "channels bots"')
    .option('--client-metadata-url <url>', 'where your own client metadata document is published')
    .option('--no-browser', 'only print the address to open')
    .action(run(async (session, options, url) => (await import('./commands/login.js')).login(session, options, url)));
  command(parley, 'logout', 'sign out, here and at the server').action(
    run(async (session) => (await import('./commands/logout.js')).logout(session)),
  );
  command(parley, 'whoami', 'show as whom you are signed in, and whether that still holds').action(
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
    'open a channel; a slot is bot:<label>, invite:<label> or observe:<label>',
  )
    .option('--preset <name>', 'a bot that comes with the server')
    .option('--bot-file <file>', 'a bot of your own')
    .option('--language <name>', 'the language of that file, where it cannot be told')
    .option('--params <json>', 'settings of the bot', json)
    .option('--public', 'let everyone find it and take a free seat')
    .option('--distinct-members', 'let no account hold two player seats')
    .option('--entropy <text>', 'your share of the randomness')
    .option('--join', 'take the first seat yourself')
    .action(
      run(async (session, options, name, slots) =>
        (await import('./commands/create.js')).create(session, name, slots, options),
      ),
    );
  command(parley, 'join <code>', 'take a seat: with an invite, a rejoin token, or the id of a channel')
    .option('--entropy <text>', 'your share of the randomness')
    .option('--seat <slot>', 'with the id of a channel: which seat, if you hold several')
    .action(run(async (session, options, code) => (await import('./commands/join.js')).join(session, code, options)));
  command(parley, 'say <channel> [text]', 'say something; - reads it from standard input')
    .option('--body <json>', 'a JSON object instead of text', json)
    .option('--to <who>', 'a slot or a bot: only they can read it')
    .option('--sealed', 'with --to a bot: only the bot reads it until it reveals it')
    .option('--seat <slot>', 'the seat to speak from, if you hold several')
    .option('--wait <ms>', 'how long to wait for the bots', wholeNumber)
    .action(
      run(async (session, options, channel, text) =>
        (await import('./commands/say.js')).say(session, channel, text, options),
      ),
    );
  command(parley, 'watch <channel>', 'show what is said, live')
    .option('--since <id>', 'only what came after this message', wholeNumber)
    .option('--no-follow', 'show what there is, and end')
    .option('--seat <slot>', 'the seat to look from, if you hold several')
    .action(
      run(async (session, options, channel) => (await import('./commands/watch.js')).watch(session, channel, options)),
    );
  command(parley, 'play <channel>', 'play: see what is said, and say what you type. Takes an invite too')
    .option('--at-once', 'send piped lines without waiting for your turn')
    .option('--seat <slot>', 'the seat to play from, if you hold several')
    .action(
      run(async (session, options, channel) => (await import('./commands/play.js')).play(session, channel, options)),
    );
}

function bots(parley: Command) {
  command(parley, 'presets [name]', 'list the bots that come with the server, or read one').action(
    run(async (session, _, name) => (await import('./commands/presets.js')).presets(session, name)),
  );
  command(parley, 'code <channel> <bot>', 'read the source of a bot and check it against what was announced')
    .option('--seat <slot>', 'the seat to look from, if you hold several')
    .action(
      run(async (session, options, channel, bot) =>
        (await import('./commands/code.js')).code(session, channel, bot, options),
      ),
    );
  command(parley, 'tools', 'list the tools of the MCP door, with their schemas').action(
    run(async (session) => (await import('./commands/tools.js')).tools(session)),
  );
}

function connecting(parley: Command) {
  command(parley, 'mcp-bridge', 'let an MCP client that only speaks stdio reach the server')
    .option('--tools <toolsets>', 'only these toolsets, such as core,bots')
    .option('--name <name>', 'what to call this client, if it has to sign in', 'Parley bridge')
    .option('--no-browser', 'never open a browser; print where to sign in')
    .action(run(async (session, options) => (await import('./commands/mcp-bridge.js')).mcpBridge(session, options)));
  command(
    parley,
    'doctor <url>',
    'walk the way of Claude and ChatGPT to a server, and name the first thing that is wrong',
  )
    .option('--limit <ms>', 'how long an answer may take', wholeNumber, 10_000)
    .action(run(async (session, options, url) => (await import('./commands/doctor.js')).doctor(session, url, options)));
}

const command = (parley: Command, usage: string, about: string) =>
  parley.command(usage).description(about).allowExcessArguments(false);

// biome-ignore lint/suspicious/noExplicitAny: commander hands over what the command declared above
type Action = (session: Session, options: any, ...given: any[]) => Promise<void>;

/** Gives an action its session. Ctrl-C ends it, a second one at once. */
function run(action: Action) {
  return async (...given: unknown[]) => {
    const command = given.pop() as Command;
    const options = given.pop();
    const { Session } = await import('./session.js');
    const session = new Session(command.optsWithGlobals<CommonOptions>());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, session.end);
    await action(session, options, ...given);
  };
}

function json(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"range":[1,10]}.');
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
