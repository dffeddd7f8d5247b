/** Last part of the kit: lends the host the function that creates the bot, calls one hook, and reports the result. */
export const MAIN = /* js */ `
const spellings = {
  on_init: 'onInit', on_join: 'onJoin', on_leave: 'onLeave',
  on_message: 'onMessage', on_private_message: 'onPrivateMessage', on_timer: 'onTimer',
  on_event: 'onEvent',
};
async function perform() {
  try {
    readInput();
    const { hook, player, msg, name: timer } = input.call;
    const toHook = { __proto__: null, on_join: [player], on_leave: [player], on_message: [msg], on_private_message: [player, msg], on_timer: [timer], on_event: [msg] };
    const { default: Bot } = await import('bot');
    const bot = new Bot(ctx, input.params);
    // A class without a constructor of its own may still use this.ctx.
    if (bot.ctx === undefined) set(bot, 'ctx', ctx);
    if (bot.params === undefined) set(bot, 'params', input.params);
    const method = bot[hook] ?? bot[spellings[hook]];
    if (typeof method === 'function') await apply(method, bot, toHook[hook] ?? []);
  } catch (error) {
    failWith(error);
    return;
  }
  host('done', 'null');
}
host('starter', 'null', () => { perform(); });
`;
