import type { Effect, RunResult } from '../../bot-sdk/contract.js';
import type { Bot } from '../bundle/bots.js';
import type { Model } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import { isSame } from '../encoding/canonical-json.js';
import type { Json, JsonObject } from '../encoding/json.js';
import type { ClaimDraft } from '../report/claim.js';
import { withoutVerdicts } from './verdict-field.js';

type Post = Extract<Effect, { type: 'post' }>;

/** A run that was repeated. `sealed`: the `seq` of each sealed post of the bot so far, by its handle. */
export interface Repeated {
  readonly bot: Bot;
  readonly receipt: Receipt;
  readonly result: RunResult;
  readonly sealed: Map<string, number>;
}

/** The posts of the repeated run are the entries that the receipt names. Returns how many are withheld. */
export function checkPosts(claim: ClaimDraft, { log }: Model, { bot, receipt, result, sealed }: Repeated) {
  const posts = result.effects.filter((effect) => effect.type === 'post');
  const { outputs, seq } = receipt;
  if (posts.length !== outputs.length) {
    const entry = outputs[posts.length] ?? seq;
    claim.diverged(`run ${receipt.run} posts ${posts.length} messages, and ${outputs.length} are recorded`, entry);
  }
  for (const [i, output] of outputs.entries()) {
    const post = posts[i];
    if (!post) return;
    if (post.sealed) sealed.set(post.handle, output);
    const kind = post.sealed ? 'sealed' : post.kind;
    const entry = log.entry(output);
    const isHidden = kind === 'sealed' || kind === 'private';
    if (!entry || entry.isHidden !== isHidden)
      claim.diverged(`run ${receipt.run} posts a message of kind ${kind}`, output);
    else if (!entry.opening) {
      const reason = log.erased.has(output) ? 'erased' : 'withheld';
      claim.unchecked(
        reason,
        `the message that run ${receipt.run} posts to ${post.to ?? 'one reader'} is ${reason}`,
        output,
      );
    } else {
      const { opening } = entry;
      const its = { kind: opening.kind, from: opening.from, run: opening.run, to: opening.to };
      const expected = { kind, from: `bot:${bot.botId}`, run: receipt.run, to: post.to };
      if (JSON.stringify(its) !== JSON.stringify(expected) || opening.refs.length > 0) {
        claim.diverged(`run ${receipt.run} posts a message from ${expected.from}, ${kind}`, output);
      }
      if (!isSame(bodyOf(post, bot, opening.body), opening.body)) {
        claim.diverged(`run ${receipt.run} posts another message`, output);
      }
    }
  }
}

/** What the server adds to a body: the bot, the version of its state, its own kind, and whether a reveal is kept. */
function bodyOf(post: Post, { botId }: Bot, logged: JsonObject): JsonObject {
  const posted = withoutVerdicts(post.body) as JsonObject;
  // Whether it is true is another claim.
  const verdict = posted.type === 'bot:reveal' && typeof logged.verified === 'boolean' && { verified: logged.verified };
  const marks = { bot_id: botId, state_version: post.state_version, ...(post.label && { label: post.label }) };
  return { ...posted, ...verdict, ...marks };
}

/** The sealed messages that the repeated run reveals are those that the log reveals. */
export function checkReveals(claim: ClaimDraft, { log }: Model, { bot, receipt, result, sealed }: Repeated) {
  const targets = result.effects.flatMap((effect) => (effect.type === 'reveal' ? [effect.target] : []));
  const revealed: { seq: number; target: Json | undefined }[] = [];
  for (let seq = receipt.event_seq + 1; seq < receipt.seq; seq += 1) {
    const opening = log.open(seq)?.opening;
    if (opening?.kind !== 'system' || opening.body.type !== 'revealed') continue;
    if (opening.body.bot_id === bot.botId && opening.run === receipt.run)
      revealed.push({ seq, target: opening.body.msg_id });
  }
  if (revealed.length !== targets.length) {
    claim.diverged(
      `run ${receipt.run} reveals ${targets.length} messages`,
      revealed[targets.length]?.seq ?? receipt.seq,
    );
  }
  for (const [i, { seq, target }] of revealed.entries()) {
    const asked = targets[i];
    const expected = typeof asked === 'string' ? sealed.get(asked) : asked;
    // The handle of a run that was not repeated is not known.
    if (expected !== undefined && expected !== target)
      claim.diverged(`run ${receipt.run} reveals another message`, seq);
  }
}

/** The repeated run ends the round with the result that the log has, or does not end it. */
export function checkFinish(claim: ClaimDraft, { receipts }: Model, { bot, receipt, result }: Repeated) {
  const finish = result.effects.find((effect) => effect.type === 'finish');
  const round = bot.rounds.find((each) => each.round === receipt.round);
  const endedAt = round?.endedAt;
  const last = receipts.findLast(({ bot_id, seq }) => bot_id === bot.botId && seq < (endedAt ?? 0));
  const isEnd = endedAt !== undefined && last?.seq === receipt.seq;
  if (finish === undefined) {
    if (isEnd) claim.diverged(`run ${receipt.run} does not end the round`, endedAt);
  } else if (!isEnd) claim.diverged(`run ${receipt.run} ends the round, and the log does not`, receipt.seq);
  else if (!isSame(withoutVerdicts(finish.result), round?.result ?? null)) {
    claim.diverged(`run ${receipt.run} ends the round with another result`, endedAt);
  }
}

/** The changes of the channel that the repeated run asks for are recorded, and made right after it. */
export function checkChanges(claim: ClaimDraft, { log }: Model, { bot, receipt, result }: Repeated) {
  const ops = result.effects.flatMap((effect) => (effect.type === 'update_channel' ? effect.ops : []));
  if (!isSame(ops, [...(receipt.channel_ops ?? [])])) {
    claim.diverged(`run ${receipt.run} asks for other changes of the channel`, receipt.seq);
  }
  const applied: { seq: number; type: Json | undefined }[] = [];
  for (let seq = receipt.seq + 1; applied.length < ops.length && seq <= log.entries.length; seq += 1) {
    const opening = log.open(seq)?.opening;
    const isApplied = String(opening?.body.type).endsWith('_applied');
    if (opening?.kind === 'system' && isApplied && opening.body.by === `bot:${bot.botId}`)
      applied.push({ seq, type: opening.body.type });
  }
  for (const [i, op] of ops.entries()) {
    const type = `${String((op as JsonObject | null)?.type)}_applied`;
    if (applied[i]?.type === type) continue;
    claim.diverged(`run ${receipt.run} asks for ${type}, which does not follow`, applied[i]?.seq ?? receipt.seq);
    return;
  }
}

/** A run that failed has logged the error that the repeated run has. */
export function checkError(claim: ClaimDraft, { log }: Model, { bot, receipt, result }: Repeated) {
  const logged = errorOf(log, bot, receipt);
  if (!logged) return claim.diverged(`the error of run ${receipt.run} is not in the log`, receipt.seq);
  const event = log.entry(receipt.event_seq);
  const where: JsonObject = event?.isHidden ? {} : { hook: receipt.hook, event_seq: receipt.event_seq };
  const hasDrawnOrAsked = result.drew === true || receipt.fetches.length > 0;
  const expected: JsonObject = {
    ...{ type: 'bot:error', bot_id: bot.botId, run: receipt.run, ...where },
    ...(result.error as unknown as JsonObject),
    ...(hasDrawnOrAsked && { drew: true }),
  };
  if (!isSame(expected, logged.body)) claim.diverged(`run ${receipt.run} fails in another way`, logged.seq);
}

/** The error that the server has logged for a run, right before its receipt. */
export function errorOf(log: Model['log'], { botId }: Bot, { run, seq: before, event_seq }: Receipt) {
  for (let seq = before - 1; seq > event_seq; seq -= 1) {
    const opening = log.open(seq)?.opening;
    if (opening?.kind !== 'system' || opening.from !== 'system' || opening.run !== run) continue;
    if (opening.body.type === 'bot:error' && opening.body.bot_id === botId) return { seq, body: opening.body };
  }
  return undefined;
}
