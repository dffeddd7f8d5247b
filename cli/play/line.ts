import { usage } from '../server/cli-error.js';
import { terminalJson, visible } from '../terminal/visible.js';

/** A typed line: a message to everyone or to one member, or a command. */
export type InputLine =
  | { readonly does: 'say'; readonly body: string | object; readonly to?: string }
  | { readonly does: 'help' }
  | { readonly does: 'who' }
  | { readonly does: 'quit' }
  | { readonly does: 'code'; readonly bot?: string };

/** The commands, as `/help` shows them. */
export const COMMANDS: readonly (readonly [command: string, about: string])[] = [
  ['/dm WHO WORDS', 'send a private message to a seat or bot, given by slot, label or name'],
  ['/who', 'show who is here'],
  ['/code [BOT]', 'show the source of a bot and check it'],
  ['/help', 'show these commands'],
  ['/quit', 'quit; you keep your seat'],
];

/**
 * Reads a line; undefined if it is empty. A line that starts with a slash is a command and is never posted; an unknown
 * one throws a CliError with the list of commands. An object (`{"text":"/roll"}`) posts text that starts with a slash.
 */
export function readInputLine(text: string): InputLine | undefined {
  const said = text.trim();
  if (said === '') return undefined;
  if (!said.startsWith('/')) return { does: 'say', body: bodyOf(said) };
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(said) ?? [];
  const command = word.toLowerCase();
  if (command === 'dm' || command === 'to') return privately(rest);
  if (command === 'code') return { does: 'code', bot: unquoted(rest) || undefined };
  if (command !== 'help' && command !== 'who' && command !== 'quit') throw unknownCommand(said);
  if (rest) throw usage(`/${command} takes nothing after it.`);
  return { does: command };
}

const unknownCommand = (said: string) =>
  usage(`There is no command ${visible(said.split(/\s/, 1)[0] ?? '')}, so nothing was posted.`, slashFix(said));

const slashFix = (said: string) =>
  `The commands are ${COMMANDS.map(([command]) => command.split(' ', 1)).join(', ')}. To post this text anyway, write it as an object: ${terminalJson({ text: said })}`;

function privately(rest: string): InputLine {
  const [, quoted, plain, words] = /^(?:"([^"]+)"|(\S+))\s+(\S.*)$/s.exec(rest) ?? [];
  const to = quoted ?? plain;
  if (!to || !words) throw usage('Nothing was sent: /dm needs a recipient and a text.', 'Such as: /dm s2 hello');
  return { does: 'say', body: bodyOf(words), to };
}

const unquoted = (text: string) => text.replace(/^"([^"]*)"$/, '$1');

function bodyOf(words: string): string | object {
  if (!words.startsWith('{')) return words;
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}
