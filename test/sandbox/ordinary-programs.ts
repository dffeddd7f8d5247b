// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text
/**
 * Whole small programs in the way they are published: a class that is given lines and prints. Plain Node and a bot run the same
 * text with the same lines.
 */
export interface OrdinaryProgram {
  readonly source: string;
  readonly className: string;
  readonly lines: readonly string[];
}

export const PROGRAMS: Record<string, OrdinaryProgram> = {
  dice: {
    className: 'Dice',
    lines: ['2d6', '3d8+2', 'd20', '1d4-1', 'foo', '100d6', 'stats'],
    source: `class Dice {
  constructor() { this.seed = 7; this.rolls = []; console.log('Dice roller. Try 2d6+1.'); }
  next(k) { this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0; return Math.floor(this.seed / 2 ** 32 * k) + 1; }
  take(line) {
    if (line === 'stats') {
      const counts = this.rolls.reduce((all, n) => all.set(n, (all.get(n) ?? 0) + 1), new Map());
      console.log('%d rolls, mean %s', this.rolls.length, (this.rolls.reduce((a, b) => a + b, 0) / this.rolls.length).toFixed(2));
      return console.log(new Map([...counts].sort(([a], [b]) => a - b)));
    }
    const match = /^(?<n>\\d*)d(?<k>\\d+)(?<plus>[+-]\\d+)?$/.exec(line);
    if (!match) return console.log(\`I do not understand "\${line}".\`);
    const { n, k, plus = '0' } = match.groups;
    const rolls = Array.from({ length: Number(n || 1) }, () => this.next(Number(k)));
    this.rolls.push(...rolls);
    console.log(line, '→', rolls.reduce((a, b) => a + b, Number(plus)), rolls);
  }
}`,
  },
  hangman: {
    className: 'Hangman',
    lines: ['e', 'a', 'z', 'r', 'q', 'e', 'planet', 'w', 'y', 'x', '7', 'again'],
    source: `class Hangman {
  static WORDS = ['developer', 'planet', 'rhythm'];
  #word; #tried = new Set(); #wrong = 0;
  constructor(n = 0) { this.round = n; this.#word = Hangman.WORDS[n % 3]; this.show(); }
  get mask() { return [...this.#word].map((c) => this.#tried.has(c) ? c : '_').join(' '); }
  show() { console.log(this.mask, '|', 'O/|\\\\/\\\\'.slice(0, this.#wrong).padEnd(6, '.'), '|', [...this.#tried].sort().join('')); }
  take(line) {
    if (line === 'again') { this.round++; this.#word = Hangman.WORDS[this.round % 3]; this.#tried.clear(); this.#wrong = 0; return this.show(); }
    if (!/^[a-z]+$/.test(line)) return console.warn('Letters only!');
    if (line.length > 1) { line === this.#word ? console.log('Yes!') : (this.#wrong++, console.log('No.')); return this.show(); }
    if (this.#tried.has(line)) return console.log('You tried', [line], 'before');
    this.#tried.add(line);
    if (!this.#word.includes(line)) this.#wrong++;
    this.show();
    if (this.#wrong >= 6) console.log('You lost. It was', this.#word.toUpperCase());
    else if (!this.mask.includes('_')) console.log('You won!');
  }
}`,
  },
  'connect four': {
    className: 'ConnectFour',
    lines: ['4', '4', '5', '5', '6', '9', 'x', '3', '7', '1'],
    source: `class ConnectFour {
  board = Array.from({ length: 6 }, () => Array(7).fill(0)); turn = 1; over = false;
  draw() { console.log(this.board.map((row) => '|' + row.map((c) => ' XO'[c]).join('|') + '|').join('\\n') + '\\n 1 2 3 4 5 6 7'); }
  wins(r, c) {
    const at = (y, x) => this.board[y]?.[x];
    return [[0, 1], [1, 0], [1, 1], [1, -1]].some(([dy, dx]) => {
      let n = 1;
      for (const way of [1, -1]) for (let i = 1; at(r + i * dy * way, c + i * dx * way) === this.turn; i++) n++;
      return n >= 4;
    });
  }
  take(line) {
    if (this.over) return console.log('The game is over.');
    const c = parseInt(line, 10) - 1;
    if (Number.isNaN(c) || c < 0 || c > 6) return console.log('Choose 1-7, not', line);
    const r = this.board.findLastIndex((row) => row[c] === 0);
    if (r < 0) return console.log('That column is full');
    this.board[r][c] = this.turn;
    this.draw();
    if (this.wins(r, c)) { this.over = true; console.log(\`Player \${this.turn} wins!\`); }
    this.turn = 3 - this.turn;
  }
}`,
  },
  'text adventure': {
    className: 'Adventure',
    lines: [
      'look',
      'go north',
      'take lamp',
      'inventory',
      'go down',
      'light lamp',
      'go down',
      'dance',
      'take gold',
      'i',
      'go up',
      'go south',
      'quit',
    ],
    source: `const ROOMS = {
  hall: { text: 'You are in a dusty hall.', exits: { north: 'study' }, items: [] },
  study: { text: 'Books everywhere.', exits: { south: 'hall', down: 'cellar' }, items: ['lamp', 'book'] },
  cellar: { text: 'It smells of wine.', exits: { up: 'study' }, items: ['gold'], dark: true },
};
class Adventure {
  constructor() { this.at = 'hall'; this.bag = new Set(); this.flags = { lit: false }; this.rooms = structuredClone(ROOMS); this.look(); }
  get room() { return this.rooms[this.at]; }
  look() {
    if (this.room.dark && !this.flags.lit) return console.log('It is pitch dark.');
    console.log(this.room.text, this.room.items.length ? 'You see: ' + this.room.items.join(', ') + '.' : '');
    console.log('Exits:', Object.keys(this.room.exits));
  }
  take(line) {
    const [verb, ...rest] = line.trim().toLowerCase().split(/\\s+/);
    const noun = rest.join(' ');
    const verbs = {
      look: () => this.look(),
      go: () => { const to = this.room.exits[noun]; if (!to) return console.log("You can't go that way."); this.at = to; this.look(); },
      take: () => { const i = this.room.items.indexOf(noun); if (i < 0 || (this.room.dark && !this.flags.lit)) return console.log('No such thing here.'); this.bag.add(...this.room.items.splice(i, 1)); console.log('Taken.'); },
      light: () => { this.flags.lit = this.bag.has('lamp'); console.log(this.flags); },
      inventory: () => console.log(this.bag.size ? this.bag : 'Nothing.'),
      quit: () => console.log('Score: %d of 3', this.bag.size),
    };
    (verbs[verb] ?? { i: verbs.inventory }[verb] ?? (() => console.log(\`I don't know how to \${verb}.\`)))();
  }
}`,
  },
  'a parser of expressions': {
    className: 'Calculator',
    lines: [
      '1 + 2 * 3',
      '(1 + 2) * 3',
      'x = 2 ^ 3 ^ 2',
      'x / 4 - -1',
      'sqrt(16) + max(1, 9, 4)',
      '1 / 0',
      '2 +',
      'y',
      '7 % 4',
      'vars',
    ],
    source: `class Calculator {
  vars = { pi: Math.PI };
  *tokens(text) {
    const pattern = /\\s*(?:(?<num>\\d+(?:\\.\\d+)?)|(?<name>[a-z]\\w*)|(?<op>[-+*\\/^%(),=]))/gy;
    while (pattern.lastIndex < text.length) {
      const at = pattern.lastIndex;
      const match = pattern.exec(text);
      if (!match) throw new SyntaxError(\`bad character at \${at}\`);
      const [type] = Object.entries(match.groups).find(([, v]) => v !== undefined);
      yield { type, value: match.groups[type] };
    }
  }
  parse(text) {
    const list = [...this.tokens(text)]; let i = 0;
    const peek = () => list[i]?.value, next = () => list[i++];
    const LEVELS = [['+', '-'], ['*', '/', '%']];
    const OPS = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b };
    const binary = (level) => {
      if (level === LEVELS.length) return power();
      let left = binary(level + 1);
      while (LEVELS[level].includes(peek())) { const { value } = next(); left = OPS[value](left, binary(level + 1)); }
      return left;
    };
    const power = () => { const base = unary(); return peek() === '^' ? (next(), base ** power()) : base; };
    const unary = () => peek() === '-' ? (next(), -unary()) : primary();
    const primary = () => {
      const token = next();
      if (token?.type === 'num') return parseFloat(token.value);
      if (token?.value === '(') { const v = binary(0); if (next()?.value !== ')') throw new SyntaxError('expected )'); return v; }
      if (token?.type !== 'name') throw new SyntaxError('unexpected ' + (token?.value ?? 'end'));
      if (peek() === '(') { next(); const args = []; while (peek() !== ')') { args.push(binary(0)); if (peek() === ',') next(); } next(); return Math[token.value](...args); }
      if (!Object.hasOwn(this.vars, token.value)) throw new ReferenceError(token.value + '?');
      return this.vars[token.value];
    };
    if (list[1]?.value === '=') { const [{ value: name }] = list; i = 2; return (this.vars[name] = binary(0)); }
    return binary(0);
  }
  take(line) {
    if (line === 'vars') return console.log(this.vars);
    try { console.log(line, '=', this.parse(line)); } catch (error) { console.error(\`\${error.name}: \${error.message}\`); }
  }
}`,
  },
  'a simulation of life': {
    className: 'Life',
    lines: ['glider', 'step', 'step 3', 'blinker', 'step 2', 'count', 'huh'],
    source: `class Life {
  cells = new Set(); age = 0;
  static SHAPES = { glider: [[1, 0], [2, 1], [0, 2], [1, 2], [2, 2]], blinker: [[5, 4], [5, 5], [5, 6]] };
  step() {
    const near = new Map();
    for (const cell of this.cells) {
      const [x, y] = cell.split(',').map(Number);
      for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) if (dx || dy) { const k = [x + dx, y + dy].join(); near.set(k, (near.get(k) || 0) + 1); }
    }
    this.cells = new Set([...near].filter(([k, n]) => n === 3 || (n === 2 && this.cells.has(k))).map(([k]) => k));
    this.age += 1;
  }
  draw() { for (let y = 0; y < 8; y++) console.log(Array.from({ length: 8 }, (_, x) => this.cells.has(x + ',' + y) ? '#' : '.').join('')); }
  take(line) {
    const [word, n = '1'] = line.split(' ');
    if (word in Life.SHAPES) { for (const [x, y] of Life.SHAPES[word]) this.cells.add(\`\${x},\${y}\`); return this.draw(); }
    switch (word) {
      case 'step': for (let i = +n; i > 0; i--) this.step(); return this.draw();
      case 'count': return console.log({ age: this.age, cells: [...this.cells].sort() });
      default: console.log('?', { word, n });
    }
  }
}`,
  },
  bank: {
    className: 'Bank',
    lines: [
      'open Ann 100',
      'open Bob',
      'deposit Bob 50.25',
      'transfer Ann Bob 30',
      'withdraw Ann 500',
      'transfer Ann Cid 1',
      'report',
      'history Ann',
      'interest 2.5',
      'report',
      'frobnicate',
    ],
    source: `class InsufficientFunds extends Error { constructor(owner, cents) { super(\`\${owner} lacks \${money(cents)}\`); this.name = 'InsufficientFunds'; } }
const money = (cents) => (Number(cents) / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });
class Account {
  #cents = 0n; history = [];
  constructor(owner) { this.owner = owner; }
  get balance() { return this.#cents; }
  add(cents, why) { if (this.#cents + cents < 0n) throw new InsufficientFunds(this.owner, -(this.#cents + cents)); this.#cents += cents; this.history.push({ why, cents, at: new Date(Date.UTC(2026, 0, this.history.length + 1)) }); }
}
class Bank {
  accounts = new Map();
  get(owner) { const found = this.accounts.get(owner); if (!found) throw new Error('no account ' + owner); return found; }
  commands = {
    open: (owner, sum = '0') => { this.accounts.set(owner, new Account(owner)); if (+sum) this.commands.deposit(owner, sum); return 'Welcome, ' + owner; },
    deposit: (owner, sum) => { this.get(owner).add(cents(sum), 'deposit'); return money(this.get(owner).balance); },
    withdraw: (owner, sum) => { this.get(owner).add(-cents(sum), 'withdrawal'); return money(this.get(owner).balance); },
    transfer: (from, to, sum) => { const target = this.get(to); this.get(from).add(-cents(sum), 'to ' + to); target.add(cents(sum), 'from ' + from); return 'sent'; },
    interest: (percent) => { for (const a of this.accounts.values()) a.add(a.balance * BigInt(Math.round(percent * 100)) / 10000n, 'interest'); return \`\${percent}% paid\`; },
    report: () => [...this.accounts.values()].sort((a, b) => b.owner.localeCompare(a.owner)).map((a) => a.owner.padEnd(6) + money(a.balance).padStart(12)).join('\\n'),
    history: (owner) => this.get(owner).history,
  };
  take(line) {
    const [name, ...args] = line.split(' ');
    try { console.log(this.commands[name] ? this.commands[name](...args) : \`no command \${name}; try \${Object.keys(this.commands).join(', ')}\`); }
    catch (e) { console.log(e instanceof InsufficientFunds ? 'REFUSED' : 'ERROR', String(e)); }
  }
}
function cents(sum) { return BigInt(Math.round(parseFloat(sum) * 100)); }`,
  },
  'a queue of jobs': {
    className: 'Jobs',
    lines: ['add wash 30', 'add cook 10', 'add cook 5', 'run', 'add boom 1', 'run', 'log'],
    source: `class Jobs {
  queue = []; done = []; id = 0;
  sleep(ms) { return new Promise((resolve) => setTimeout(resolve, ms)); }
  async work({ id, name, ms }) {
    await this.sleep(ms);
    if (name === 'boom') throw Object.assign(new Error('it blew up'), { code: 'EBOOM' });
    this.done.push(name + '#' + id);
    return ms;
  }
  async take(line) {
    const [word, name, ms] = line.split(' ');
    if (word === 'add') { this.queue.push({ id: ++this.id, name, ms: Number(ms) }); return console.log(this.queue); }
    if (word === 'log') return console.table(this.done.map((job) => ({ job })));
    const results = await Promise.allSettled(this.queue.splice(0).map((job) => this.work(job)));
    for (const { status, value, reason } of results) console.log(status, value ?? reason.code);
    console.log('done:', this.done.join(' '));
  }
}`,
  },
};
