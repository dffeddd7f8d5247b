import { hmacSha256, randomHex, sha256 } from 'bot-sdk';

/**
 * Deals from a deck that follows from a seed it has committed to and from what the players add to it, and opens both when
 * the hand is over. A hand is its bets and its actions; every card follows from these and the deck (`tableAfter`).
 */
export default class BlackjackBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
    this.game = ctx.getState();
  }

  onInit() {
    this.game = { hands: 0, played: 0, chairs: [], chips: [], hand: null, past: [] };
    this.say('bot', { type: 'prompt', text: HELP, ...this.params });
    this.takeBets(this.commit());
    for (const { seat } of this.ctx.players) this.onJoin(seat);
  }

  onJoin(player) {
    if (this.game.chairs.includes(player) || !this.hasFreeChair()) return;
    this.wake();
    this.sit(player);
  }

  onLeave(player) {
    if (this.game.chairs.includes(player)) this.leave(player);
  }

  onMessage({ sender, body }) {
    const move = readMove(body);
    if (move === undefined) return;
    const refusal = this.refusalOf(move, sender);
    if (refusal) this.say('control', { type: 'violation', ...refusal, player: sender });
    else if (READS.includes(move.action)) this.say('bot', this.answerTo(move, sender));
    else this.make(move, sender);
  }

  onPrivateMessage(player, { body }) {
    const text = typeof body?.text === 'string' ? body.text.replace(/^\s*!/, '') : '';
    const move = readMove(text ? { text } : body);
    const isRead = READS.includes(move?.action);
    const answer = isRead ? this.answerTo(move, player) : { type: 'error', player, text: NOT_HERE };
    this.ctx.post('private', this.withLegal(answer), { to: player });
  }

  onTimer() {
    const { hand } = this.game;
    const turn = this.turn();
    if (turn) this.act(turn.player, 'stand', 'timeout');
    else if (hand?.bets.length > 0) this.deal();
    else if (hand) this.rest();
  }

  make({ action, amount, seed }, player) {
    if (PLAYS.includes(action)) return this.act(player, action);
    if (action === 'leave') return this.leave(player);
    this.wake();
    if (action === 'sit') this.sit(player);
    if (action === 'bet') this.bet(player, amount);
    if (action === 'seed') this.seed(player, seed);
    if (action === 'skip') this.skip(player);
  }

  /** Why a move does not count. What is refused changes nothing and draws no card. */
  refusalOf({ action, amount, seed }, player) {
    if (READS.includes(action)) return undefined;
    if (!ACTIONS.includes(action)) return badMove('There is no such move.');
    const isSeated = this.game.chairs.includes(player);
    if (action === 'sit') {
      if (isSeated) return badMove('You already have a chair.');
      return this.hasFreeChair() ? undefined : badMove('Every chair is taken.');
    }
    if (!isSeated) return badTurn('You have no chair at this table.');
    if (action === 'leave') return undefined;
    if (PLAYS.includes(action)) return this.refusalOfPlay(action, player);
    if (this.turn()) return badTurn('The cards are out. Bets are taken again when this hand is over.');
    if (action === 'bet') return this.refusalOfBet(amount, player);
    const isNoSeed = action === 'seed' && !(seed?.length > 0 && seed.length <= SEED_LENGTH);
    return isNoSeed ? badMove(`A seed is text of 1 to ${SEED_LENGTH} characters.`) : undefined;
  }

  refusalOfPlay(action, player) {
    const turn = this.turn();
    if (!turn) return badTurn('No cards are out. Bet first.');
    if (turn.player !== player) return badTurn(`It is the turn of ${turn.player}.`);
    if (this.legalFor(player).includes(action)) return undefined;
    return badMove('You double with your first two cards, and with chips for as much again.');
  }

  refusalOfBet(amount, player) {
    const { min, max } = this.stakes();
    if (amount >= min && amount <= Math.min(max, this.worth(player))) return undefined;
    return badMove(`A bet is one whole number from ${min} to ${max}, and not more than you have.`);
  }

  // Around a hand: chairs and bets.

  /** Commits to the next hand before anybody bets on it or adds a seed to it. */
  commit() {
    this.game.hands += 1;
    const hand_id = `hnd_${this.game.hands}`;
    const server_seed = randomHex(32);
    const commit = commitOf({ hand_id, server_seed });
    const scheme = 'sha256(server_seed|hand_id)';
    const message = 'This is the hash of my seed for this hand. The deck follows from it and from your seeds.';
    this.say('control', { type: 'bot:commit', hand_id, commit, commitment: commit, scheme, beacon: BEACON, message });
    return {
      hand_id,
      server_seed,
      commit,
      seeds: [],
      bets: [],
      skips: [],
      actions: null,
      dealt: [],
      turns: 0,
      due: null,
    };
  }

  takeBets(hand) {
    this.game.hand = hand;
    this.ctx.setTimer('clock', this.params.idle_s);
    this.say('control', { type: 'betting', ...this.betting() });
  }

  wake() {
    if (this.game.hand !== null) return;
    this.takeBets(this.commit());
    this.woke = true;
  }

  sit(player) {
    const { chairs, chips } = this.game;
    chairs.push(player);
    // Who comes back to a seat finds the chips that were left there: nobody walks away from a loss.
    if (!chips.some((purse) => purse.player === player)) chips.push({ player, chips: this.params.chips });
    this.say('bot', { type: 'player_joined', player, chips: this.chipsOf(player), chairs });
  }

  leave(player) {
    const { game } = this;
    game.chairs = game.chairs.filter((seat) => seat !== player);
    const isPlaying = this.turn() && this.seatOf(player)?.status === 'playing';
    if (!this.turn() && game.hand) this.withdraw(player);
    this.say('bot', { type: 'player_left', player, chips: this.chipsOf(player), chairs: game.chairs });
    if (isPlaying) this.act(player, 'stand', 'left');
    else if (!this.turn() && game.hand) this.dealIfReady();
  }

  bet(player, stake) {
    const { hand } = this.game;
    this.pay(player, stakeOf(hand, player) - stake);
    hand.bets = [...without(hand.bets, player), { player, stake }];
    hand.skips = hand.skips.filter((seat) => seat !== player);
    hand.due ??= this.startClock(this.params.betting_s);
    this.say('bot', { type: 'bet', player, stake, chips: this.chipsOf(player), ...this.betting() });
    this.dealIfReady();
  }

  seed(player, seed) {
    const { hand } = this.game;
    hand.seeds = [...without(hand.seeds, player), { player, seed }];
    this.say('bot', { type: 'seed', player, seed, ...this.betting() });
  }

  skip(player) {
    const { hand } = this.game;
    this.withdraw(player);
    hand.skips.push(player);
    this.say('bot', { type: 'skip', player, ...this.betting() });
    this.dealIfReady();
  }

  withdraw(player) {
    const { hand } = this.game;
    this.pay(player, stakeOf(hand, player));
    hand.bets = without(hand.bets, player);
    hand.seeds = without(hand.seeds, player);
    hand.skips = hand.skips.filter((seat) => seat !== player);
  }

  dealIfReady() {
    const { hand, chairs } = this.game;
    const awaited = chairs.filter((player) => !stakeOf(hand, player) && !hand.skips.includes(player));
    if (hand.bets.length === 0) this.takeBetsAgain();
    // A hand is not dealt in the hook that commits to it: the commitment has to stand in the log first.
    else if (!this.woke && awaited.every((player) => this.chipsOf(player) < this.stakes().min)) this.deal();
  }

  /** The last bet was taken back: the next first bet starts the clock anew. */
  takeBetsAgain() {
    const { hand } = this.game;
    if (hand.due === null) return;
    hand.due = null;
    this.takeBets(hand);
  }

  // A hand: dealt, played, settled.

  deal() {
    const { hand, chairs } = this.game;
    const inOrder = (list) => chairs.flatMap((player) => list.filter((each) => each.player === player));
    Object.assign(hand, { seeds: inOrder(hand.seeds), bets: inOrder(hand.bets), actions: [], due: null });
    const { hand_id, seeds, commit: commitment } = hand;
    this.say('control', { type: 'client_seeds', hand_id, client_seeds: seeds, beacon: BEACON, commitment });
    if (!isSound(hand)) return this.settle();
    hand.dealt = this.table().dealt;
    this.say('bot', { type: 'deal', ...this.view() });
    this.goOn();
  }

  act(player, action, reason) {
    const { hand } = this.game;
    if (!isSound(hand)) return this.settle();
    const isTurn = this.turn().player === player;
    if (action === 'double') this.pay(player, -stakeOf(hand, player));
    hand.actions.push({ player, action, ...(reason && { reason }) });
    hand.dealt = this.table().dealt;
    const seat = this.seatOf(player);
    const card = action === 'stand' ? {} : { card: seat.hand.at(-1) };
    this.say('bot', { type: action, hand_id: hand.hand_id, ...card, ...shown(seat), ...(reason && { reason }) });
    // Who leaves while somebody else thinks takes no time from them.
    if (isTurn) this.goOn();
  }

  goOn() {
    const { hand } = this.game;
    const turn = this.turn();
    if (!turn) return this.settle();
    hand.turns += 1;
    hand.due = this.startClock(this.params.decision_s);
    const { hand_id, turns: turn_number, due: deadline } = hand;
    this.say('control', { type: 'bot:turn', hand_id, ...shown(turn), turn_number, deadline });
  }

  /** The next hand is committed to before this one is opened, so that no seed can be an answer to another. */
  settle() {
    const { game } = this;
    const { hand } = game;
    const { hand_id } = hand;
    const { dealer } = this.table();
    const flagged = !isSound(hand);
    const results = flagged ? voided(hand) : resultsOf(this.table());
    for (const { player, stake, delta } of results) this.pay(player, stake + delta);
    game.played += 1;
    if (!flagged) this.say('bot', { type: 'dealer', hand_id, hand: dealer, total: totalOf(dealer) });
    const paid = results.map((result) => ({ ...result, chips: this.chipsOf(result.player) }));
    this.say('bot', { type: 'results', hand_id, results: paid, ...(flagged && { flagged, text: FLAGGED }) });
    const next = this.commit();
    const { bets, actions, dealt } = hand;
    const record = { ...opened(hand), deck_order: deckOf(hand), bets, actions, dealt, results, flagged };
    game.past = [...game.past, record].slice(-KEPT);
    this.say('control', { type: 'bot:reveal', ...record, next_commitment: next.commit });
    this.takeBets(next);
  }

  /** Nobody bets: what was committed to is opened unused, and the round of the server ends. */
  rest() {
    const { game, ctx } = this;
    const { hand, played: hands, chips } = game;
    this.say('control', { type: 'bot:reveal', ...opened(hand), void: true });
    Object.assign(game, { hand: null, played: 0 });
    this.say('bot', { type: 'table_idle', text: IDLE, hands, chips });
    ctx.finish({ hands, chips });
  }

  // What is asked, and what is seen.

  answerTo({ action, hand_id }, player) {
    if (action === 'help') return { type: 'help', player, text: HELP, stakes: this.stakes() };
    if (action === 'verify') return { type: 'verification', player, ...this.verified(hand_id) };
    return { type: 'table', player, ...this.view() };
  }

  verified(id) {
    const { past } = this.game;
    const record = id === undefined ? past.at(-1) : past.find(({ hand_id }) => hand_id === id);
    if (!record) return { ok: false, checks: [], text: `I keep the last ${KEPT} hands that are over.` };
    const checks = checksOf(record);
    return { hand_id: record.hand_id, ok: checks.every(({ ok }) => ok), checks };
  }

  /** Everything but the deck, the seed and the hole card. */
  view() {
    const { hand, chairs, chips } = this.game;
    if (!hand) return { phase: 'idle', chairs, chips };
    if (!hand.actions) return { phase: 'betting', chairs, chips, ...this.betting() };
    const { seats, dealer } = this.table();
    const { hand_id, commit: commitment, due: deadline } = hand;
    const cards = { seats: seats.map(shown), dealer_hand: [dealer[0], '??'], active: this.turn()?.player ?? null };
    return { phase: 'playing', hand_id, commitment, ...cards, deadline, chairs, chips };
  }

  betting() {
    const { hand_id, commit: commitment, bets, skips, seeds: client_seeds, due: deadline } = this.game.hand;
    return { hand_id, commitment, stakes: this.stakes(), bets, skips, client_seeds, deadline };
  }

  /** What somebody may do now, in the words in which they may write it. */
  legalFor(player) {
    if (!this.game.chairs.includes(player)) return this.hasFreeChair() ? ['sit'] : [];
    const turn = this.turn();
    if (!turn) return [...(this.worth(player) >= this.stakes().min ? ['bet'] : []), 'seed', 'skip', 'leave'];
    if (turn.player !== player) return ['leave'];
    const canDouble = turn.hand.length === 2 && this.chipsOf(player) >= turn.stake;
    return ['hit', 'stand', ...(canDouble ? ['double'] : []), 'leave'];
  }

  table() {
    const { hand } = this.game;
    return tableAfter(deckOf(hand), hand.bets, hand.actions ?? []);
  }

  /** The seat that thinks; none while no cards are out. */
  turn() {
    if (!this.game.hand?.actions) return undefined;
    return this.table().seats.find(({ status }) => status === 'playing');
  }

  seatOf(player) {
    return this.table().seats.find((seat) => seat.player === player);
  }

  hasFreeChair() {
    return this.game.chairs.length < this.params.seats;
  }

  stakes() {
    const { min_stake, max_stake } = this.params;
    return { min: Math.min(min_stake, max_stake), max: Math.max(min_stake, max_stake) };
  }

  chipsOf(player) {
    return this.game.chips.find((purse) => purse.player === player)?.chips ?? 0;
  }

  /** What a player could bet: a bet that lies on the table can be changed. */
  worth(player) {
    const { hand } = this.game;
    return this.chipsOf(player) + (hand ? stakeOf(hand, player) : 0);
  }

  pay(player, amount) {
    const purse = this.game.chips.find((each) => each.player === player);
    if (purse) purse.chips += amount;
  }

  startClock(seconds) {
    this.ctx.setTimer('clock', seconds);
    return new Date(Date.now() + seconds * 1000).toISOString();
  }

  say(kind, body) {
    this.ctx.setState(this.game);
    this.ctx.post(kind, this.withLegal(body));
  }

  /** `legal` is for whom the post is about, else for whoever thinks, else for everyone who has a chair and chips. */
  withLegal(body) {
    const player = body.player ?? this.turn()?.player;
    return { ...body, legal: player === undefined ? BETTING : this.legalFor(player) };
  }
}

const READS = ['status', 'help', 'verify'];
const PLAYS = ['hit', 'stand', 'double'];
const BETTING = ['bet', 'seed', 'skip', 'leave'];
const ACTIONS = [...BETTING, ...PLAYS, 'sit'];
/** Nothing outside the table is mixed in. */
const BEACON = 'none';
/** Who writes nearly one of these means it. */
const COMMANDS = [
  'bet',
  'seed',
  'skip',
  'hit',
  'stand',
  'double',
  'sit',
  'leave',
  'status',
  'verify',
  'help',
  'rules',
  'commands',
];
/** What people try who do not know the commands. */
const NEIGHBOURS = [
  'rule',
  'how',
  'deal',
  'start',
  'play',
  'card',
  'cards',
  'draw',
  'hold',
  'stay',
  'stick',
  'pass',
  'wager',
  'stake',
  'raise',
  'fold',
  'split',
  'insurance',
  'surrender',
  'join',
  'quit',
  'exit',
  'go',
  'table',
  'chips',
  'balance',
  'score',
  'h',
  's',
  'd',
];
/** Everyday words that are a letter away from a command. */
const CHAT = [
  'hi',
  'hey',
  'it',
  'its',
  'his',
  'him',
  'hot',
  'hat',
  'bit',
  'fit',
  'but',
  'be',
  'best',
  'beat',
  'get',
  'got',
  'let',
  'yet',
  'set',
  'see',
  'seen',
  'need',
  'feed',
  'hell',
  'held',
  'ship',
  'skin',
  'sip',
  'stats',
  'tables',
];
const SEED_LENGTH = 128;
const KEPT = 10;
const HELP =
  'Write bet 10 to bet, and before that, if you like, seed and any words of your own to mix into the deck; skip to sit a hand out. When it is your turn: hit, stand or double. Also: sit, leave, status, help, verify hnd_1.';
const NOT_HERE = 'Moves count only in the channel. Here you can write status, help or verify hnd_1.';
const IDLE = 'The table rests. Bet, and the next hand is committed to.';
const FLAGGED = 'The cards do not follow from what was committed to. Every stake is returned.';

const badTurn = (details) => ({ reason: 'BAD_TURN', details });
const badMove = (details) => ({ reason: 'BAD_MOVE', details });

/** A move has an action and what belongs to it, undefined where that makes no sense. Chat is no move at all. */
function readMove(body) {
  if (typeof body !== 'object' || body === null) return undefined;
  if (body.type === 'move') return readObject(body);
  return typeof body.text === 'string' ? readText(body.text.trim()) : undefined;
}

function readObject({ game, action, value, amount = value, seed = value, hand_id = value }) {
  if (game !== 'blackjack') return undefined;
  return { action, amount: integerOf(amount), seed: textOf(seed), hand_id: textOf(hand_id) };
}

function readText(text) {
  if (text.length > 1000) return undefined;
  const [, word, rest = ''] = /^(\w+)(?:\s+(\S.*))?$/s.exec(text) ?? [];
  const action = word?.toLowerCase();
  if (action === 'seed') return { action, seed: textOf(rest) };
  if (/\s/.test(rest)) return asksForHelp(text) ? { action: 'help' } : undefined;
  if (action === 'bet') return { action, amount: integerOf(rest) };
  if (action === 'verify') return { action, hand_id: rest || undefined };
  if (rest === '' && [...ACTIONS, ...READS].includes(action)) return { action };
  return asksForHelp(text) ? { action: 'help' } : undefined;
}

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

function integerOf(value) {
  const number = typeof value === 'string' && /^\s*\+?\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? number : undefined;
}

function textOf(value) {
  return typeof value === 'string' || Number.isSafeInteger(value) ? String(value).trim() : undefined;
}

function commitOf({ hand_id, server_seed }) {
  return sha256(`${server_seed}|${hand_id}`);
}

/** The deck that follows from the seeds of a hand; README.md says how, so that anyone can do it again. */
function deckOf({ hand_id, server_seed, seeds }) {
  const deck = ['H', 'D', 'C', 'S'].flatMap((suit) => RANKS.map((rank) => rank + suit));
  const mixed = seeds.map(({ player, seed }) => `${player}:${sha256(seed)}`).join();
  const below = numbersOf((i) => hmacSha256(server_seed, `${hand_id}|${mixed}|${i}`));
  for (let i = deck.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [deck[i], deck[j]] = [deck[j], deck[i]];
  }
  return deck;
}

const RANKS = ['A', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K'];

/** Numbers below k from blocks of hex, eight digits at a time. What would favour small numbers is thrown away. */
function numbersOf(block) {
  let hex = '';
  let blocks = 0;
  return function below(k) {
    if (hex === '') hex = block(blocks++);
    const number = Number.parseInt(hex.slice(0, 8), 16);
    hex = hex.slice(8);
    return number < 2 ** 32 - (2 ** 32 % k) ? number % k : below(k);
  };
}

/** The table after the actions. Every card is the next of the deck; the dealer draws when nobody plays any more. */
function tableAfter(deck, bets, actions) {
  const rest = [...deck];
  const dealer = [];
  const seats = bets.map((bet) => ({ ...bet, hand: [], status: 'playing', doubled: false }));
  for (const hand of [...seats.map(({ hand }) => hand), dealer]) hand.push(rest.shift());
  for (const hand of [...seats.map(({ hand }) => hand), dealer]) hand.push(rest.shift());
  for (const seat of seats) if (isNatural(seat.hand)) seat.status = 'blackjack';
  for (const { player, action } of actions) {
    play(
      seats.find((seat) => seat.player === player),
      action,
      rest,
    );
  }
  const isOver = !seats.some(({ status }) => status === 'playing');
  if (isOver && seats.some(({ status }) => status === 'stand')) {
    while (totalOf(dealer) < 17) dealer.push(rest.shift());
  }
  return { seats, dealer, dealt: deck.slice(0, deck.length - rest.length) };
}

function play(seat, action, rest) {
  if (action !== 'stand') seat.hand.push(rest.shift());
  if (action === 'double') Object.assign(seat, { stake: 2 * seat.stake, doubled: true });
  const total = totalOf(seat.hand);
  if (total > 21) seat.status = 'bust';
  else if (action !== 'hit' || total === 21) seat.status = 'stand';
}

/** The best total: an ace counts 11 where that does not bust. */
function totalOf(hand) {
  const sum = hand.reduce((total, card) => total + pipsOf(card), 0);
  return hand.some((card) => pipsOf(card) === 1) && sum <= 11 ? sum + 10 : sum;
}

function pipsOf(card) {
  return Math.min(RANKS.indexOf(card.slice(0, -1)) + 1, 10);
}

function isNatural(hand) {
  return hand.length === 2 && totalOf(hand) === 21;
}

function resultsOf({ seats, dealer }) {
  return seats.map((seat) => {
    const result = resultOf(seat, dealer);
    const delta = { lose: -seat.stake, push: 0, win: seat.stake, blackjack: Math.floor(1.5 * seat.stake) }[result];
    return { ...shown(seat), result, delta };
  });
}

function resultOf({ hand, status }, dealer) {
  if (status === 'bust') return 'lose';
  if (status === 'blackjack') return isNatural(dealer) ? 'push' : 'blackjack';
  if (isNatural(dealer)) return 'lose';
  const ahead = totalOf(dealer) > 21 ? 1 : totalOf(hand) - totalOf(dealer);
  if (ahead === 0) return 'push';
  return ahead > 0 ? 'win' : 'lose';
}

function voided({ bets, actions }) {
  return bets.map(({ player, stake }) => {
    const isDoubled = actions.some((each) => each.player === player && each.action === 'double');
    return { player, stake: isDoubled ? 2 * stake : stake, result: 'void', delta: 0 };
  });
}

function shown({ player, stake, hand, status, doubled }) {
  return { player, stake, hand, total: totalOf(hand), status, doubled };
}

/** `value` and `nonce` are what the server hashes to check the commitment itself. */
function opened({ hand_id, commit, server_seed, seeds }) {
  const names = { commit, commitment: commit, value: server_seed, nonce: hand_id };
  return { hand_id, server_seed, client_seeds: seeds, beacon: BEACON, ...names };
}

/** Whether a hand still is what was committed to, and what was dealt of it the beginning of its deck. */
function isSound(hand) {
  return hand.commit === commitOf(hand) && isSame(hand.dealt, deckOf(hand).slice(0, hand.dealt.length));
}

function checksOf({
  hand_id,
  server_seed,
  client_seeds,
  commitment,
  deck_order,
  bets,
  actions,
  dealt,
  results,
  flagged,
}) {
  const deck = deckOf({ hand_id, server_seed, seeds: client_seeds });
  const table = tableAfter(deck, bets, actions);
  const checks = {
    commitment: commitOf({ hand_id, server_seed }) === commitment,
    deck: isSame(deck, deck_order),
    cards: isSame(dealt, table.dealt),
    results: isSame(results.map(factsOf), resultsOf(table).map(factsOf)),
    not_flagged: !flagged,
  };
  return Object.entries(checks).map(([check, ok]) => ({ check, ok }));
}

/** A list, because the members of an object come back from the store in another order. */
const factsOf = ({ player, stake, hand, result, delta }) => [player, stake, hand, result, delta];

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const stakeOf = ({ bets }, player) => bets.find((bet) => bet.player === player)?.stake ?? 0;

const without = (list, player) => list.filter((each) => each.player !== player);
