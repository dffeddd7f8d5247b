/**
 * Answers whoever asks for the price with one message for all: the median, and of each source what it said or why it does
 * not count. No number is posted that fewer than two sources stand for.
 */
export default class PriceBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
  }

  onInit() {
    const { pair, max_age_s } = this.params;
    const sources = this.sources().map(({ name, url }) => ({ name, url }));
    this.ctx.post('bot', { type: 'prompt', text: rulesOf(pair), pair, max_age_s, sources });
  }

  async onMessage({ sender, body }) {
    if (typeof body?.text !== 'string') return;
    if (!/price/i.test(body.text)) {
      if (asksForHelp(body.text)) this.help(sender);
      return;
    }
    const seen = await Promise.all(this.sources().map((source) => this.ask(source)));
    this.ctx.post('bot', quoteOf(this.params.pair, seen));
  }

  help(player) {
    const { pair } = this.params;
    this.ctx.post('bot', { type: 'help', player, text: rulesOf(pair), pair, legal: ['price', 'help'] });
  }

  /** Each exchange once: two answers of one exchange are not two sources. */
  sources() {
    const { pair, sources } = this.params;
    const names = [...new Set(sources.map(({ name }) => name))];
    return names.map((name) => {
      const { url = EXCHANGES[name].url(pair) } = sources.find((source) => source.name === name);
      return { name, url, read: EXCHANGES[name].read };
    });
  }

  /** What one source said. It never throws: a source that fails is a fact about that source. */
  async ask({ name, url, read }) {
    try {
      const response = await this.ctx.fetch(url, { timeout_ms: PATIENCE_MS });
      const body = await response.text();
      const { receipt } = response;
      return { source: name, ...this.judge(response, body, read), url, fetch_receipt: receipt, body: shortened(body) };
    } catch (error) {
      return { source: name, ok: false, reason: error.code ?? 'UNREADABLE', url };
    }
  }

  judge({ ok, status, receipt }, body, read) {
    if (!ok) return { ok, reason: 'STATUS', status };
    const { amount, as_of } = readWith(read, body);
    if (amount === undefined) return { ok: false, reason: 'NO_PRICE' };
    const { fetched_at } = receipt;
    if (as_of === undefined) return { ok, amount, as_of: null, fetched_at };
    const age_s = Math.round((Date.parse(fetched_at) - Date.parse(as_of)) / 1000);
    const isFresh = Math.abs(age_s) <= this.params.max_age_s;
    return { ok: isFresh, ...(!isFresh && { reason: 'STALE' }), amount, as_of, fetched_at, age_s };
  }
}

/** Well below a hook's five seconds: a source that hangs must not take the others' answers with it. */
const PATIENCE_MS = 3_500;

/** Where each exchange says what a pair last cost, and where in its answer that is. `at` is the answer's own time in ms. */
const EXCHANGES = {
  coinbase: {
    url: (pair) => `https://api.coinbase.com/v2/prices/${pair}/spot`,
    read: ({ data }) => ({ amount: data.amount }),
  },
  kraken: {
    url: (pair) => `https://api.kraken.com/0/public/Ticker?pair=${pair.replace('BTC', 'XBT').replace('-', '')}`,
    read: ({ error, result }) => ({ amount: error.length === 0 ? Object.values(result)[0].c[0] : undefined }),
  },
  bitstamp: {
    url: (pair) => `https://www.bitstamp.net/api/v2/ticker/${compact(pair)}/`,
    read: ({ last, timestamp }) => ({ amount: last, at: Number(timestamp) * 1000 }),
  },
  gemini: {
    url: (pair) => `https://api.gemini.com/v1/pubticker/${compact(pair)}`,
    read: ({ last, volume }) => ({ amount: last, at: Number(volume.timestamp) }),
  },
};

const rulesOf = (pair) => `Write price to learn what ${pair} is. The answer is for everyone. help says this again.`;

const compact = (pair) => pair.replace('-', '').toLowerCase();

/** Two are the least that can disagree. */
const LEAST_SOURCES = 2;
/** Plenty for a price, and what makes the sum of a day's answers readable. */
const BODY_LENGTH = 2000;
/** Digits after the point that are reckoned with. */
const DIGITS = 12;

function readWith(read, body) {
  try {
    const { amount, at } = read(JSON.parse(body));
    if (!isPrice(amount)) return {};
    if (at === undefined) return { amount: String(amount) };
    // An answer whose time makes no sense is no answer.
    return { amount: String(amount), as_of: new Date(at).toISOString() };
  } catch {
    return {};
  }
}

function isPrice(amount) {
  const isText = typeof amount === 'string' || typeof amount === 'number';
  return isText && /^\d{1,12}(\.\d{1,12})?$/.test(amount) && /[1-9]/.test(amount);
}

function quoteOf(pair, sources) {
  const amounts = sources.filter(({ ok }) => ok).map(({ amount }) => amount);
  const [used, asked] = [amounts.length, sources.length];
  if (used < LEAST_SOURCES) {
    const text = `There is no price for ${pair} now: ${used} of ${asked} sources can be used, and ${LEAST_SOURCES} are needed.`;
    return { type: 'price_unavailable', pair, text, used, asked, sources };
  }
  const sorted = amounts.map(unitsOf).sort((a, b) => (a < b ? -1 : 1));
  const amount = textOf(medianOf(sorted));
  const [low, high] = [textOf(sorted[0]), textOf(sorted.at(-1))];
  const [, currency] = pair.split('-');
  const text = `${pair} is ${amount} ${currency}, the median of ${used} of ${asked} sources.`;
  return { type: 'price', pair, amount, currency, text, used, asked, low, high, sources };
}

function medianOf(sorted) {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2n;
}

/** Whole numbers, so that no digit of a price is rounded. */
function unitsOf(amount) {
  const [whole, fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}

function textOf(units) {
  const digits = String(units).padStart(DIGITS + 1, '0');
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`.replace(/\.?0+$/, '');
}

function shortened(body) {
  return body.length > BODY_LENGTH ? null : body;
}

/** Who writes nearly one of these means it. */
const COMMANDS = ['price', 'help', 'rules', 'commands'];
/** What people try who do not know the commands. */
const NEIGHBOURS = [
  'rule',
  'how',
  'quote',
  'quotes',
  'cost',
  'rate',
  'ticker',
  'value',
  'pair',
  'btc',
  'eth',
  'bitcoin',
  'ethereum',
  'ask',
  'start',
  'play',
  'status',
  'median',
  'sources',
  'source',
];
/** Everyday words that are a letter away from a command. */
const CHAT = ['pride', 'prize', 'prime', 'rice', 'prince'];

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
