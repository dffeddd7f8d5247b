import { randomHex, sha256 } from 'bot-sdk';

/**
 * Commits to a number or a word before the first guess, so nobody can say it moved afterwards. All it knows is in its state, which
 * is saved before every post: the turn that was announced is the turn that holds.
 */
export default class GuessBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
    this.game = ctx.getState();
  }

  onInit() {
    this.game = newGame(this.ctx, this.params);
    const { mode, range, target, nonce } = this.game;
    const commit = sha256(`${target}|${nonce}`);
    const message = `This is the hash of my ${mode} and a nonce. Both are revealed at the end.`;
    this.say('bot', { type: 'prompt', text: promptOf(mode, range), mode, range });
    this.say('control', {
      type: 'bot:commit',
      commit,
      commitment_hash: commit,
      scheme: 'sha256(value|nonce)',
      message,
    });
    this.say('control', { type: 'bot:state', public_state: publicState(this.game) });
    for (const { seat } of this.ctx.players) this.onJoin(seat);
  }

  onJoin(player) {
    const { joined, started } = this.game;
    if (started || joined.includes(player)) return;
    joined.push(player);
    this.say('bot', { type: 'player_joined', player, player_count: joined.length });
    if (joined.length === this.params.players) this.start();
  }

  onLeave(player) {
    const { joined, started, ended } = this.game;
    if (!started && joined.includes(player)) {
      this.game.joined = joined.filter((seat) => seat !== player);
      this.say('bot', { type: 'player_left', player });
    } else if (!ended && this.isPlaying(player)) {
      this.drop(player, { type: 'player_left', player }, 'concede');
    }
  }

  onMessage({ sender, body }) {
    const move = readMove(body, this.params.mode);
    if (move === undefined) return;
    const refusal = this.refusalOf(move, sender);
    if (move.action === 'help') this.say('bot', this.helpFor(sender));
    else if (refusal) this.say('control', { type: 'violation', ...refusal, player: sender });
    else if (move.action === 'concede') this.drop(sender, { type: 'concede', player: sender }, 'concede');
    else this.judge(sender, move.value);
  }

  onPrivateMessage(player, { body }) {
    const text = readQuestion(body);
    if (text === 'status') this.tell(player, { type: 'status', ...statusOf(this.game) });
    else if (readMove(body, this.params.mode)?.action === 'help') this.tell(player, this.helpFor(player));
    else this.tell(player, { type: 'error', text: 'Guesses count only in the channel. Write status or help to me.' });
  }

  onTimer(name) {
    const { started, ended, turn, turn_number, missed } = this.game;
    if (name !== 'turn' || !started || ended) return;
    missed[turn] = (missed[turn] ?? 0) + 1;
    this.say('control', { type: 'turn_timeout', player: turn, turn_number });
    if (missed[turn] < this.params.max_missed) this.nextTurn();
    else this.drop(turn, { type: 'concede', player: turn, reason: 'timeout' }, 'timeout');
  }

  start() {
    const { game, ctx, params } = this;
    game.started = true;
    game.order = params.turn_order === 'random' ? shuffled(game.joined, ctx) : [...game.joined];
    this.say('bot', { type: 'game_start', players: game.joined, turn_order: game.order });
    this.giveTurn(game.order[0]);
  }

  judge(player, guess) {
    const { game } = this;
    game.guess_count += 1;
    game.missed[player] = 0;
    const { target, guess_count } = game;
    if (guess === target) {
      this.say('bot', { type: 'judge', result: 'correct', player, guess, guess_count });
      this.end(player, 'correct');
    } else {
      const { distance, ...verdict } = game.mode === 'word' ? compared(guess, target) : ordered(guess, target);
      const hint = hintFor(distance, this.params);
      this.say('bot', { type: 'judge', ...verdict, player, guess, ...(hint && { hint }), guess_count });
      this.nextTurn();
    }
  }

  /** Takes a player out of the rotation; the last one left wins. */
  drop(player, announcement, reason) {
    const { game } = this;
    const next = game.turn === player ? this.after(player) : undefined;
    game.order = game.order.filter((seat) => seat !== player);
    this.say('bot', announcement);
    if (game.order.length === 1) this.end(game.order[0], reason);
    else if (next) this.giveTurn(next);
  }

  end(winner, reason) {
    const { game, ctx } = this;
    const { target, nonce, joined, guess_count } = game;
    const commit = sha256(`${target}|${nonce}`);
    game.ended = true;
    game.turn = null;
    ctx.clearTimer('turn');
    this.say('control', { type: 'bot:reveal', target, nonce, salt: nonce, commit, hash: commit });
    this.say('bot', { type: 'game_end', winner, reason, target, total_guesses: guess_count, players: joined });
    this.say('control', { type: 'end' });
    ctx.finish({ winner, reason, scores: Object.fromEntries(joined.map((seat) => [seat, seat === winner ? 1 : 0])) });
  }

  nextTurn() {
    this.giveTurn(this.after(this.game.turn));
  }

  giveTurn(player) {
    const { game, ctx, params } = this;
    game.turn = player;
    game.turn_number += 1;
    ctx.setTimer('turn', params.timeout_s);
    const deadline = new Date(Date.now() + params.timeout_s * 1000).toISOString();
    this.say('control', { type: 'bot:turn', player, turn_number: game.turn_number, deadline });
  }

  after(player) {
    const { order } = this.game;
    return order[(order.indexOf(player) + 1) % order.length];
  }

  /** What the bot takes, and what of it this player may write now. */
  helpFor(player) {
    const { mode, range, started, ended, turn } = this.game;
    const isTurn = turn === player && !ended;
    const mayConcede = started && !ended && this.isPlaying(player);
    const now = ended
      ? 'The game is over.'
      : !started
        ? 'The game starts when everyone has joined.'
        : isTurn
          ? 'It is your turn.'
          : `It is the turn of ${turn}.`;
    const legal = [...(isTurn ? ['guess'] : []), ...(mayConcede ? ['concede'] : [])];
    return { type: 'help', player, text: `${HELP[mode]} ${now}`, range, legal };
  }

  refusalOf({ action, value }, player) {
    const { mode, started, ended, turn, range } = this.game;
    if (ended) return { reason: 'GAME_OVER', details: 'The game is over.' };
    if (!started) return { reason: 'GAME_NOT_STARTED', details: 'The game starts when everyone has joined.' };
    if (!this.isPlaying(player)) return { reason: 'BAD_TURN', details: 'You are not playing.' };
    if (action === 'concede') return undefined;
    if (turn !== player) return { reason: 'BAD_TURN', details: `It is the turn of ${turn}.` };
    if (mode === 'word' ? value !== undefined : value >= range[0] && value <= range[1]) return undefined;
    const rule = mode === 'word' ? 'word of the letters a to z' : `whole number from ${range[0]} to ${range[1]}`;
    return { reason: 'BAD_MOVE', details: `A guess is one ${rule}.` };
  }

  isPlaying(player) {
    return this.game.order.includes(player);
  }

  say(kind, body) {
    this.ctx.setState(this.game);
    this.ctx.post(kind, body);
  }

  tell(player, body) {
    this.ctx.setState(this.game);
    this.ctx.post('private', body, { to: player });
  }
}

const HELP = {
  number:
    'Guess in the channel when it is your turn: 42, or guess 42, or a sentence such as my guess is 42. Write concede to give up. To me alone you can write status or help.',
  word: 'Guess in the channel when it is your turn: guess apple. Write concede to give up. To me alone you can write status or help.',
};

function newGame(ctx, params) {
  return {
    mode: params.mode,
    ...(params.mode === 'word' ? pickWord(ctx, params) : pickNumber(ctx, params)),
    nonce: randomHex(16),
    joined: [],
    order: [],
    started: false,
    ended: false,
    turn: null,
    turn_number: 0,
    guess_count: 0,
    missed: {},
  };
}

function pickNumber(ctx, { range }) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return { range: [low, high], target: low + ctx.random(high - low + 1) };
}

/** In word mode the range is how many letters it may have. */
function pickWord(ctx, { words, length }) {
  const range = [Math.min(...length), Math.max(...length)];
  const given = words?.map((word) => word.toLowerCase()).filter((word) => wordOf(word)) ?? WORDS;
  const fitting = given.filter((word) => word.length >= range[0] && word.length <= range[1]);
  if (!fitting.length) throw new Error('no word of a to z has as many letters as params.length asks for');
  return { range, target: fitting[ctx.random(fitting.length)] };
}

function publicState({ mode, range, joined, started, ended, turn, guess_count }) {
  return { mode, range, players: joined, game_started: started, game_ended: ended, current_turn: turn, guess_count };
}

function statusOf({ started, ended, joined, guess_count, turn, range }) {
  return {
    game_started: started,
    game_ended: ended,
    player_count: joined.length,
    guess_count,
    current_turn: turn,
    range,
  };
}

function promptOf(mode, [low, high]) {
  if (mode === 'word') {
    return `I have picked a word of ${low} to ${high} letters. When it is your turn, write guess and a word, or concede.`;
  }
  return `I have picked a whole number from ${low} to ${high}. When it is your turn, write a number, or concede.`;
}

/** A guess has an integer value, or none where it was meant as a guess and is no integer. Chat is no move at all. */
function readMove(body, mode) {
  if (typeof body !== 'object' || body === null) return undefined;
  if (body.type === 'move') return readObject(body, mode);
  return typeof body.text === 'string' ? readText(body.text.trim().toLowerCase(), mode) : undefined;
}

function readObject({ game, action, value }, mode) {
  if (game !== 'guess') return undefined;
  if (action === 'help' || action === 'status') return { action: 'help' };
  return action === 'concede'
    ? { action }
    : { action: 'guess', value: action === 'guess' ? guessOf(value, mode) : undefined };
}

function readText(text, mode) {
  // A move is short. What is long is chat, and may be too deep for the JSON parser.
  if (text.length > 1000) return undefined;
  if (text === 'concede') return { action: 'concede' };
  const meant = mode === 'number' ? guessIn(text) : undefined;
  if (meant !== undefined) return { action: 'guess', value: meant };
  if (/^guess(\s|$)/.test(text)) return { action: 'guess', value: guessOf(text.slice(5), mode) };
  if (text.startsWith('{')) return readJson(text, mode);
  // A word by itself is chat.
  if (mode === 'number' && isOnlyNumbers(text)) return { action: 'guess', value: integerOf(text) };
  return asksForHelp(text) ? { action: 'help' } : undefined;
}

/** The guess in a sentence that says the word: its only number, if that is whole. What holds letters, as 2nd does, is no number. */
function guessIn(text) {
  if (text.startsWith('{') || !/\bguess\b/.test(text)) return undefined;
  const words = text.split(/[\s()[\]"'“”‘’:;=#!?*]+|,(?!\d)|(?<!\d),/).map((word) => word.replace(/[.…]+$/, ''));
  const numbers = words.filter((word) => /^[+-]?\.?\d/.test(word) && !/\p{L}/u.test(word));
  return numbers.length === 1 ? integerOf(numbers[0]) : undefined;
}

function readJson(text, mode) {
  try {
    const body = JSON.parse(text);
    return body.type === 'move' ? readObject(body, mode) : undefined;
  } catch {
    return undefined;
  }
}

function isOnlyNumbers(text) {
  const words = text.split(/[\s,]+|\b(?:or|and)\b/).filter(Boolean);
  return words.length > 0 && words.every((word) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word));
}

/** What is asked of the bot alone, as text or as a move. */
function readQuestion(body) {
  if (body?.type === 'move' && body.game === 'guess' && typeof body.action === 'string') return body.action;
  return typeof body?.text === 'string' ? body.text.trim().toLowerCase().replace(/^!/, '') : '';
}

const guessOf = (value, mode) => (mode === 'word' ? wordOf(value) : integerOf(value));

function wordOf(value) {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return /^[a-z]{1,20}$/.test(word) ? word : undefined;
}

function integerOf(value) {
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : undefined;
}

const ordered = (guess, target) => ({
  result: guess > target ? 'high' : 'low',
  distance: Math.abs(guess - target),
});

/** How many letters the two share, each counted as often as both have it; and what their lengths say. */
function compared(guess, target) {
  const left = [...target];
  for (const letter of guess) if (left.includes(letter)) left.splice(left.indexOf(letter), 1);
  const overlap = target.length - left.length;
  const difference = guess.length - target.length;
  const length = difference === 0 ? 'match' : difference > 0 ? 'too long' : 'too short';
  return { result: 'wrong', length, overlap, distance: Math.max(guess.length, target.length) - overlap };
}

/** Numbers are apart, words differ in letters: by so much at most for each of the three, else it is cold. */
function hintFor(distance, { mode, hint, bands = mode === 'word' ? [1, 2, 4] : [5, 10, 20] }) {
  if (hint === 'none') return undefined;
  const limits = [...bands].sort((a, b) => a - b);
  const band = limits.findIndex((limit) => distance <= limit);
  if (hint === 'within') return band < 0 ? `not within ${limits[2]}` : `within ${limits[band]}`;
  return ['very close!', 'close', 'getting warm'][band] ?? 'cold';
}

function shuffled(players, ctx) {
  const order = [...players];
  for (let i = order.length - 1; i > 0; i--) {
    const j = ctx.random(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Who writes nearly one of these means it. */
const COMMANDS = ['guess', 'concede', 'status', 'help', 'rules', 'commands'];
/** What people try who do not know the commands. */
const NEIGHBOURS = [
  'rule',
  'how',
  'start',
  'play',
  'move',
  'turn',
  'hint',
  'hints',
  'range',
  'number',
  'word',
  'join',
  'begin',
  'quit',
  'resign',
  'surrender',
  'forfeit',
  'pass',
  'skip',
  'stop',
  'exit',
  'score',
  'try',
  'answer',
];
/** Everyday words that are a letter away from a command. */
const CHAT = ['guest', 'guests', 'hell', 'held', 'stats'];

/** Whether a message asks what can be written: a word for help, nearly a command, or a word that people try in its place. */
function asksForHelp(text) {
  if (text.length > 60) return false;
  const said = text
    .trim()
    .toLowerCase()
    .replace(/^[!/]+/, '');
  if (said === '?') return true;
  const [, word] = /^([a-z]+)(?:\s+(?:me|please|\S*[\d.]\S*))?[.!?…]*$/.exec(said) ?? [];
  if (word === undefined || CHAT.includes(word)) return false;
  return NEIGHBOURS.includes(word) || COMMANDS.some((command) => isNear(word, command));
}

/** The same, or apart by one letter more, less or other, or by two that changed places. */
function isNear(word, command) {
  let same = 0;
  while (same < word.length && word[same] === command[same]) same++;
  const [rest, wanted] = [word.slice(same), command.slice(same)];
  const swapped = [wanted[1], wanted[0], wanted.slice(2)].join('');
  return [wanted.slice(1), swapped].includes(rest) || [wanted, wanted.slice(1)].includes(rest.slice(1));
}

/** What the secret is picked from where no words are given. */
const WORDS = `
acorn actor album amber anchor angle apple apron arrow autumn badge baker balloon banana barrel basket beach beacon
bench berry blanket blossom bottle branch bread bridge brush bucket button cabin camel camera candle canoe canvas
carpet castle cattle cedar cellar cherry chimney circle cliff clock cloud clover coast cocoa comet copper coral
corner cotton cradle crane crater cricket crown crystal curtain daisy dancer desert diamond dinner dolphin donkey
door dragon drawer drum duck eagle earth echo elbow ember engine evening fabric falcon farmer feather fern fiddle
field finger flame flute foam forest fountain fox frost galaxy garden garlic ginger glacier glass glove goat grain
granite grape gravel guitar hammer harbor harvest hazel helmet heron hill honey horizon horse island ivory jacket
jewel jungle kettle kitchen kite ladder lake lantern leaf lemon letter library lily linen lizard magnet maple marble
market meadow melon mirror monkey moon morning mountain needle nest night noodle number oak ocean olive onion orange
orchard otter paddle palace panda paper parrot pasture pearl pebble pencil pepper piano pillow pilot pine planet
plum pocket pond potato pumpkin puzzle quartz rabbit rain raven ribbon river robin rocket rope rose ruby saddle
salmon sand scarf shadow shell silver singer slipper smoke snow spark spider spoon spring squirrel star stone storm
sugar summer sunset swan table teapot temple thimble thunder tiger timber tomato torch tower tulip tunnel turtle
valley vase velvet village violin wagon walnut water whale wheat window winter wizard wolf wool yard yellow zebra
`
  .trim()
  .split(/\s+/);
