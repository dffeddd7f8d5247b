import { randomHex, sha256 } from 'bot-sdk';

/**
 * Commits to a number before the first guess, so nobody can say it moved afterwards. All it knows is in its state, which
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
    const message = 'This is the hash of my number and a nonce. Both are revealed at the end.';
    this.say('bot', { type: 'prompt', text: promptOf(range), mode, range });
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
    const move = readMove(body);
    if (move === undefined) return;
    const refusal = this.refusalOf(move, sender);
    if (refusal) this.say('control', { type: 'violation', ...refusal, player: sender });
    else if (move.action === 'concede') this.drop(sender, { type: 'concede', player: sender }, 'concede');
    else this.judge(sender, move.value);
  }

  onPrivateMessage(player, { body }) {
    const text = typeof body?.text === 'string' ? body.text.trim().toLowerCase() : '';
    if (text === '!status') this.tell(player, { type: 'status', ...statusOf(this.game) });
    else if (text === '!help') this.tell(player, { type: 'help', text: HELP });
    else this.tell(player, { type: 'error', text: 'Guesses count only in the channel. Write !status or !help to me.' });
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
      const result = guess > target ? 'high' : 'low';
      this.say('bot', { type: 'judge', result, player, guess, hint: hintFor(Math.abs(guess - target)), guess_count });
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

  refusalOf({ action, value }, player) {
    const { started, ended, turn, range } = this.game;
    if (ended) return { reason: 'GAME_OVER', details: 'The game is over.' };
    if (!started) return { reason: 'GAME_NOT_STARTED', details: 'The game starts when everyone has joined.' };
    if (!this.isPlaying(player)) return { reason: 'BAD_TURN', details: 'You are not playing.' };
    if (action === 'concede') return undefined;
    if (turn !== player) return { reason: 'BAD_TURN', details: `It is the turn of ${turn}.` };
    if (value >= range[0] && value <= range[1]) return undefined;
    return { reason: 'BAD_MOVE', details: `A guess is one whole number from ${range[0]} to ${range[1]}.` };
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

const HELP =
  'Guess in the channel when it is your turn: 42, or guess 42. Write concede to give up. Here: !status, !help.';

function newGame(ctx, { mode, range }) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return {
    mode,
    range: [low, high],
    target: low + ctx.random(high - low + 1),
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

function promptOf([low, high]) {
  return `I have picked a whole number from ${low} to ${high}. When it is your turn, write a number, or concede.`;
}

/** A guess has an integer value, or none where it was meant as a guess and is no integer. Chat is no move at all. */
function readMove(body) {
  if (typeof body !== 'object' || body === null) return undefined;
  if (body.type === 'move') return readObject(body);
  return typeof body.text === 'string' ? readText(body.text.trim().toLowerCase()) : undefined;
}

function readObject({ game, action, value }) {
  if (game !== 'guess') return undefined;
  return action === 'concede'
    ? { action }
    : { action: 'guess', value: action === 'guess' ? integerOf(value) : undefined };
}

function readText(text) {
  // A move is short. What is long is chat, and may be too deep for the JSON parser.
  if (text.length > 1000) return undefined;
  if (text === 'concede') return { action: 'concede' };
  if (/^guess(\s|$)/.test(text)) return { action: 'guess', value: integerOf(text.slice(5)) };
  if (text.startsWith('{')) return readJson(text);
  return isOnlyNumbers(text) ? { action: 'guess', value: integerOf(text) } : undefined;
}

function readJson(text) {
  try {
    const body = JSON.parse(text);
    return body.type === 'move' ? readObject(body) : undefined;
  } catch {
    return undefined;
  }
}

function isOnlyNumbers(text) {
  const words = text.split(/[\s,]+|\b(?:or|and)\b/).filter(Boolean);
  return words.length > 0 && words.every((word) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word));
}

function integerOf(value) {
  const number = typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : undefined;
}

function hintFor(distance) {
  if (distance <= 5) return 'very close!';
  if (distance <= 10) return 'close';
  return distance <= 20 ? 'getting warm' : 'cold';
}

function shuffled(players, ctx) {
  const order = [...players];
  for (let i = order.length - 1; i > 0; i--) {
    const j = ctx.random(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
