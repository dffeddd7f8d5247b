/**
 * Plays over another bot's game: puts a player under a spell until a word was spelled backwards. It judges its own spells
 * only; whose turn it is it hears from the bot that has the table.
 */
export default class SpellBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
    const { turn = null, spells = {} } = ctx.getState();
    this.game = { turn, spells };
  }

  onInit() {
    this.say('control', { type: 'spellbook', text: SPELLBOOK });
  }

  onLeave(player) {
    if (this.game.spells[player]) this.end(player, 'constraint:lifted');
  }

  onMessage({ sender, body }) {
    const spell = readSpell(body);
    if (spell) return this.cast(sender, spell);
    const word = this.game.spells[sender]?.word;
    if (word && wordsOf(body.text).includes(reversed(word))) {
      this.end(sender, 'constraint:kept', { spelled: reversed(word) });
    } else if (asksForSpells(body)) this.help(sender);
  }

  /** A turn is over when the other bot gives the next one. */
  onEvent({ body }) {
    const { turn, spells } = this.game;
    if (body.type === 'end') {
      for (const target of Object.keys(spells)) this.end(target, 'constraint:lifted');
      return;
    }
    if (spells[turn]) this.miss(turn);
    this.game.turn = typeof body.player === 'string' ? body.player : null;
    this.ctx.setState(this.game);
  }

  cast(by, { target, word }) {
    const { spells } = this.game;
    const reason = this.refusalOf(target, word);
    if (reason) {
      this.say('control', { type: 'violation', reason, player: by });
      return;
    }
    const ttl_turns = this.params.ttl_turns;
    spells[target] = { word, by, ttl_turns };
    this.say('control', { type: 'constraint:set', target, constraint: 'reverse', word, ttl_turns, by });
  }

  refusalOf(target, word) {
    const isHere = this.ctx.players.some(({ seat }) => seat === target);
    if (!isHere) return 'BAD_TARGET';
    if (this.game.spells[target]) return 'ALREADY_SPELLBOUND';
    return /^[a-z]{3,20}$/.test(word) && word !== reversed(word) ? undefined : 'BAD_WORD';
  }

  miss(target) {
    const spell = this.game.spells[target];
    spell.ttl_turns -= 1;
    if (spell.ttl_turns === 0) this.end(target, 'constraint:broken');
    else this.say('control', { type: 'constraint:missed', target, word: spell.word, ttl_turns: spell.ttl_turns });
  }

  end(target, type, more = {}) {
    const { word, by } = this.game.spells[target];
    delete this.game.spells[target];
    this.say('control', { type, target, constraint: 'reverse', word, by, ...more });
  }

  help(player) {
    const { word } = this.game.spells[player] ?? {};
    const now = word ? `You are under a spell: write ${word} backwards. ` : '';
    this.say('bot', { type: 'help', player, text: now + SPELLBOOK, legal: ['cast', 'help'] });
  }

  say(kind, body) {
    this.ctx.setState(this.game);
    this.ctx.post(kind, body);
  }
}

const SPELLBOOK =
  'Write cast reverse s2 wonder: whoever sits in s2 then has to write that word backwards, before some of their turns are over. help says this again.';

function readSpell(body) {
  if (body.type === 'move' && body.game === 'spell' && body.action === 'cast') {
    return spellOf(`reverse ${typeof body.value === 'string' ? body.value : ''}`);
  }
  const text = typeof body.text === 'string' && body.text.length < 100 ? body.text.trim().toLowerCase() : '';
  return text.startsWith('cast ') ? spellOf(text.slice(5)) : undefined;
}

function asksForSpells(body) {
  if (body.type === 'move') return body.game === 'spell';
  return typeof body.text === 'string' && asksForHelp(body.text);
}

function spellOf(text) {
  const [constraint, target, word = '', ...rest] = text.trim().toLowerCase().split(/\s+/);
  return constraint === 'reverse' && !rest.length ? { target, word } : { target, word: '' };
}

const reversed = (word) => [...word].reverse().join('');

const wordsOf = (text) =>
  typeof text === 'string'
    ? text
        .slice(0, 1000)
        .toLowerCase()
        .split(/[^a-z]+/)
    : [];

/** Who writes nearly one of these means it. */
const COMMANDS = ['cast', 'reverse', 'help', 'rules', 'commands'];
/** What people try who do not know the commands. */
const NEIGHBOURS = ['rule', 'how', 'spell', 'spells', 'spellbook', 'magic', 'curse', 'start', 'play', 'status'];
/** Everyday words that are a letter away from a command. */
const CHAT = ['last', 'fast', 'past', 'vast', 'cost', 'cash', 'case', 'cat', 'cats'];

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
