/** Last part of the kit: one instance, one hook, and whatever comes of it is told to the host. */
export const MAIN = /* js */ `
const spellings = {
  on_init: 'onInit', on_join: 'onJoin', on_leave: 'onLeave',
  on_message: 'onMessage', on_private_message: 'onPrivateMessage', on_timer: 'onTimer',
  on_event: 'onEvent',
};
const { hook, player, msg, name: timer } = input.call;
const toHook = { __proto__: null, on_join: [player], on_leave: [player], on_message: [msg], on_private_message: [player, msg], on_timer: [timer], on_event: [msg] };

(async function () {
  try {
    const { default: Bot } = await import('bot');
    const bot = new Bot(ctx, params);
    // Some classes have no constructor of their own and use this.ctx all the same.
    if (bot.ctx === undefined) set(bot, 'ctx', ctx);
    if (bot.params === undefined) set(bot, 'params', params);
    const method = bot[hook] ?? bot[spellings[hook]];
    if (typeof method === 'function') await apply(method, bot, toHook[hook] ?? []);
  } catch (error) {
    let told = '{"text":"something that cannot be told"}';
    try { told = describe(error); } catch { /* a thrown value that throws when looked at */ }
    host('failed', told);
    return;
  }
  host('done', 'null');
})();
`;
