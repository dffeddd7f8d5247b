import { createHash } from 'node:crypto';
import {
  DEFAULT_LIMITS,
  type Effect,
  type HookCall,
  type HookInput,
  type Json,
  type JsonObject,
  type RunResult,
} from '../../bot-sdk/contract.js';
import type { Executable, Runner } from '../../src/runtime/runner.js';
import { INPUT } from './inline-bot.js';
import { type Answer, base64, TableNetwork } from './table-network.js';

/** Plays the same evening with any bot, state from hook to hook, and gives everything that came of it as one text. */
export async function playOn(runner: Runner, bot: Executable, params: JsonObject): Promise<string> {
  const results: Omit<RunResult, 'ms'>[] = [];
  const timers: string[] = [];
  let state: Json = null;
  let state_version = 0;
  for (const call of EVENING) {
    const run = results.length + 1;
    const input: HookInput = {
      ...INPUT,
      params,
      call: call.hook === 'on_timer' ? { ...call, name: timers.shift() ?? 'none' } : call,
      state,
      state_version,
      run,
      now: new Date(Date.parse(INPUT.now) + run * 1_000).toISOString(),
      key: createHash('sha256').update(String(run)).digest('hex'),
    };
    const { ms, ...result } = await runner.run(bot, input, DEFAULT_LIMITS, new TableNetwork(PAGES));
    if (result.state) ({ value: state, version: state_version } = result.state);
    for (const effect of result.effects) follow(effect, timers);
    results.push(result);
  }
  return JSON.stringify(results);
}

function follow(effect: Effect, timers: string[]) {
  if (effect.type === 'timer_set' && !timers.includes(effect.name)) timers.push(effect.name);
}

const said = (sender: string, text: string, i: number): HookCall => ({
  hook: 'on_message',
  msg: { id: 10 + i, channel_id: 'chn_1', sender, kind: 'user', body: { text }, ts: INPUT.now },
});
const WORDS = [
  'guess 50',
  'guess 25',
  'bet 10',
  'hit',
  'stand',
  'price',
  'cert example.com',
  'raw',
  'roll',
  'nonsense',
  'status',
];
const EVENING: HookCall[] = [
  { hook: 'on_init' },
  { hook: 'on_join', player: 's1' },
  { hook: 'on_join', player: 's2' },
  ...WORDS.map((word, i) => said(i % 2 ? 's2' : 's1', word, i)),
  ...[1, 2, 3].map((): HookCall => ({ hook: 'on_timer', name: '' })),
  { hook: 'on_leave', player: 's2' },
];

const json = (value: Json): Answer => ({
  headers: [['content-type', 'application/json']],
  body: base64(JSON.stringify(value)),
});
const PAGES: Record<string, Answer> = {
  'https://api.coinbase.com/v2/prices/BTC-USD/spot': json({ data: { amount: '100.5', currency: 'USD' } }),
  'https://api.kraken.com/0/public/Ticker?pair=XBTUSD': json({
    error: [],
    result: { XXBTZUSD: { c: ['101.5', '1'] } },
  }),
  'https://www.bitstamp.net/api/v2/ticker/btcusd/': json({ last: '102.5', timestamp: '1795168800' }),
};
