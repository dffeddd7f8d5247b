/**
 * In a trial, the last part of the kit instead of `MAIN`: creates the bot, calls no hook, and reports its hooks to the
 * host.
 */
export const TRIAL = /* js */ `
const hookNames = [
  ['on_init', 'onInit'], ['on_join', 'onJoin'], ['on_leave', 'onLeave'], ['on_message', 'onMessage'],
  ['on_private_message', 'onPrivateMessage'], ['on_timer', 'onTimer'], ['on_event', 'onEvent'],
];
const { ownKeys } = Reflect;
const isOn = (name) => typeof name === 'string' && name.length <= 40 && (name[0] === 'o' || name[0] === 'O') && (name[1] === 'n' || name[1] === 'N');
function isMethod(bot, name, other) {
  try { return typeof (bot[name] ?? bot[other]) === 'function'; } catch { return false; }
}
function methodsOf(bot) {
  const hooks = [], names = [];
  for (let i = 0; i < hookNames.length; i++) {
    if (isMethod(bot, hookNames[i][0], hookNames[i][1])) hooks[hooks.length] = hookNames[i][0];
  }
  let owner = bot;
  for (let depth = 0; depth < 32 && owner !== null && owner !== objectPrototype; depth++) {
    const keys = ownKeys(owner);
    for (let i = 0; i < keys.length && names.length < 64; i++) {
      if (isOn(keys[i]) && isMethod(bot, keys[i], keys[i])) names[names.length] = keys[i];
    }
    owner = getPrototypeOf(owner);
  }
  return { __proto__: null, hooks, names };
}

async function perform() {
  try {
    readInput();
    const { default: Bot } = await import('bot');
    const bot = new Bot(ctx, input.params);
    if (bot.ctx === undefined) set(bot, 'ctx', ctx);
    if (bot.params === undefined) set(bot, 'params', input.params);
    host('found', encode(methodsOf(bot), 'found', small));
  } catch (error) {
    failWith(error);
    return;
  }
  host('done', 'null');
}
host('starter', 'null', () => { perform(); });
`;
