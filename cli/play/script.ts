import { usage } from '../server/cli-error.js';

/** A step of a test script: an event in the channel of the tested bot (`play` in bot-sdk). */
export type PlayStep = readonly [event: string, name: string | number, body?: string | object];

/** The default script: two members join, post to everyone and privately to the bot, and one leaves. */
export const DEFAULT_SCRIPT: readonly PlayStep[] = [
  ['join', 's1'],
  ['join', 's2'],
  ['say', 's1', 'help'],
  ['say', 's2', 'hello'],
  ['dm', 's1', 'hello'],
  ['leave', 's2'],
];

export const SCRIPT_HELP = `
A script has one step per line. Lines that begin with # are comments:
  join s1               a member takes the seat s1
  s1: hello             the member in s1 posts it to everyone; a JSON object is sent as it is
  dm s1 hello           the member posts it privately to the bot
  timer turn            the timer with this name, set by the bot, fires
  wait 30               this many seconds pass
  bot bot_Other_1 {"type":"bot:turn"}   another bot posts
  leave s1              the member leaves
A script can also be a JSON array of steps: [["join","s1"],["say","s1","hello"]].`;

/** Reads a script. Throws a CliError that names the first invalid line. */
export function scriptOf(text: string): PlayStep[] {
  if (text.trimStart().startsWith('[')) return jsonScript(text);
  return text.split(/\r?\n/).flatMap((line, i) => {
    const stepText = line.trim();
    if (stepText === '' || stepText.startsWith('#')) return [];
    const step = stepOf(stepText);
    if (!step) throw usage(`Line ${i + 1} of the script is not a step.`, SCRIPT_HELP.trim());
    return [step];
  });
}

const SEAT = '(s\\d{1,2})';
const SAY = new RegExp(`^(?:say\\s+${SEAT}\\s+|${SEAT}:\\s*)(.*)$`, 's');
const PRIVATE = new RegExp(`^dm\\s+${SEAT}:?\\s+(.+)$`, 's');
const JOIN_OR_LEAVE = new RegExp(`^(join|leave)\\s+${SEAT}$`);
const TIMER = /^timer\s+([\w:.-]{1,64})$/;
const WAIT = /^wait\s+(\d+(?:\.\d+)?)$/;
const BOT_POST = /^bot\s+(\S+)\s+(\{.*\})$/s;

function stepOf(stepText: string): PlayStep | undefined {
  const [, seat, other, words] = SAY.exec(stepText) ?? [];
  const speaker = seat ?? other;
  if (speaker !== undefined && words !== undefined) return ['say', speaker, bodyOf(words)];
  const [, sender, privateText] = PRIVATE.exec(stepText) ?? [];
  if (sender !== undefined && privateText !== undefined) return ['dm', sender, bodyOf(privateText)];
  const [, event, member] = JOIN_OR_LEAVE.exec(stepText) ?? [];
  if (event !== undefined && member !== undefined) return [event, member];
  const [, timer] = TIMER.exec(stepText) ?? [];
  if (timer !== undefined) return ['timer', timer];
  const [, seconds] = WAIT.exec(stepText) ?? [];
  if (seconds !== undefined) return ['wait', Number(seconds)];
  const [, bot, posted = ''] = BOT_POST.exec(stepText) ?? [];
  const body = bodyOf(posted);
  return bot !== undefined && typeof body === 'object' ? ['bot', bot, body] : undefined;
}

function bodyOf(words: string): string | object {
  if (!words.startsWith('{')) return words;
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}

const EVENTS_WITH_NAME = ['join', 'leave', 'timer'];
const EVENTS_WITH_BODY = ['say', 'dm', 'bot'];

function jsonScript(text: string): PlayStep[] {
  let steps: unknown;
  try {
    steps = JSON.parse(text);
  } catch {
    throw usage('The script begins with [ but is not valid JSON.', SCRIPT_HELP.trim());
  }
  for (const [i, step] of (steps as unknown[]).entries()) {
    if (!isStep(step)) throw usage(`Step ${i + 1} of the script is not valid.`, SCRIPT_HELP.trim());
  }
  return steps as PlayStep[];
}

function isStep(step: unknown): step is PlayStep {
  if (!Array.isArray(step)) return false;
  const [event, name, body] = step;
  if (event === 'wait') return typeof name === 'number' && name >= 0;
  if (typeof name !== 'string') return false;
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (event === 'bot') return isObject;
  return (
    EVENTS_WITH_NAME.includes(event) || (EVENTS_WITH_BODY.includes(event) && (typeof body === 'string' || isObject))
  );
}
