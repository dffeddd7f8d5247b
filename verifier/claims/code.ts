import { prepare } from '../../bot-sdk/bundle.js';
import type { Bot } from '../bundle/bots.js';
import type { Source } from '../bundle/bundle.js';
import { type Executed, executedOf } from '../bundle/executed.js';
import type { Model } from '../bundle/model.js';
import { KITS, PACKAGES } from '../bundle/released.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { namedHash } from '../encoding/hashes.js';
import type { ClaimDraft } from '../report/claim.js';

/** Each source and manifest is the one whose hash was announced when its bot was attached. */
export function checkCode(claim: ClaimDraft, { bundle, bots, receipts }: Model) {
  for (const [hash, { text }] of bundle.sources) {
    if (namedHash(text) !== hash)
      claim.invalid('a source is not the one that was announced', firstUseOfCode(bots, hash));
    claim.count();
  }
  for (const bot of bots.values()) {
    if (!bundle.sources.has(bot.codeHash)) claim.invalid('the source of the bot is missing', bot.attachedAt);
    if (bot.manifest === undefined) claim.invalid('the manifest of the bot is missing', bot.attachedAt);
    else if (namedHash(canonicalJson(bot.manifest)) !== bot.manifestHash) {
      claim.invalid('the manifest is not the one whose hash was announced', bot.manifestAt);
    }
    claim.count();
  }
  for (const { seq, bot_id, code_hash } of receipts) {
    if (bots.get(bot_id)?.codeHash !== code_hash) claim.invalid('the run executed other code than was announced', seq);
  }
}

const firstUseOfCode = (bots: Model['bots'], hash: string) =>
  [...bots.values()].find(({ codeHash }) => codeHash === hash)?.attachedAt;

/** What can be executed for each `bundle_hash`, and which of it nobody published. */
export interface KnownTexts {
  readonly executed: ReadonlyMap<string, Executed>;
  /** By `bundle_hash`: why its runs are not repeated. */
  readonly unknown: ReadonlyMap<string, { reason: 'unknown-kit' | 'unknown-package'; text: string }>;
}

export interface TextTrust {
  /** Hashes that the person who verifies trusts, besides the published ones. */
  readonly hashes: ReadonlySet<string>;
  /** Bundles the npm packages of a source again, where the same version of the bundler is at hand. */
  readonly packagesOf?: (source: Source, name: string) => Readonly<Record<string, string>> | undefined;
}

/**
 * The module that was executed is the source without its types; kit and packages are published texts; and the hash of all
 * of it is the announced one.
 */
export function checkTexts(claim: ClaimDraft, model: Model, trust: TextTrust): KnownTexts {
  const executed = new Map<string, Executed>();
  const unknown = new Map<string, { reason: 'unknown-kit' | 'unknown-package'; text: string }>();
  for (const [hash, { kind, text }] of model.bundle.texts) {
    // A text that no bundle names is found by checkNeeded.
    if (kind !== 'bundle' && namedHash(text) !== hash)
      claim.invalid(`the text ${hash} is another one`, firstUseOfText(model, hash));
    claim.count();
  }
  for (const { bundleHash, since, bot, runtime } of usesOf(model)) {
    try {
      const its = executed.get(bundleHash) ?? executedOf(model.bundle, bundleHash);
      executed.set(bundleHash, its);
      checkUse(claim, { its, bot, since, runtime }, model);
      const lack = unpublished(its, bot, model, trust);
      if (!lack || unknown.has(bundleHash)) continue;
      unknown.set(bundleHash, lack);
      claim.unchecked(lack.reason, lack.text, since);
    } catch (error) {
      claim.invalid((error as Error).message, since);
    }
  }
  return { executed, unknown };
}

interface Use {
  readonly bundleHash: string;
  readonly runtime: string;
  readonly since: number;
  readonly bot: Bot;
}

const usesOf = ({ bots }: Model): Use[] =>
  [...bots.values()].flatMap((bot) => bot.runtimes.map((runtime) => ({ bot, ...runtime })));

function firstUseOfText(model: Model, hash: string): number | undefined {
  const uses = usesOf(model).sort((a, b) => a.since - b.since);
  return uses.find(({ bundleHash }) => model.bundle.texts.get(bundleHash)?.text.includes(hash))?.since;
}

interface UsedTexts {
  readonly its: Executed;
  readonly bot: Bot;
  readonly since: number;
  readonly runtime: string;
}

function checkUse(claim: ClaimDraft, { its, bot, since, runtime }: UsedTexts, { bundle }: Model) {
  if (its.engine !== runtime) claim.invalid('the bundle is for another engine than was announced', since);
  if (its.language !== bot.language) claim.invalid('the bundle is in another language than was announced', since);
  const source = bundle.sources.get(bot.codeHash);
  if (!source) return;
  if (source.language !== bot.language)
    claim.invalid('the source is in another language than was announced', bot.attachedAt);
  if (!isModuleOf(its, source, bot.name)) claim.invalid('the executed module is not what the source gives', since);
}

/** The name of a bot may decide which class of a source is the bot. Its author may have given none. */
function isModuleOf({ module, className, language }: Executed, source: Source, name: string): boolean {
  return [undefined, name].some((given) => {
    try {
      const prepared = prepare(source.text, language, given);
      return prepared.executed === module && (className === undefined || prepared.className === className);
    } catch {
      return false;
    }
  });
}

function unpublished({ kit, packages }: Executed, bot: Bot, { bundle }: Model, { hashes, packagesOf }: TextTrust) {
  if (kit && !KITS.includes(kit.hash) && !hashes.has(kit.hash)) {
    return { reason: 'unknown-kit', text: `no release published the kit ${kit.hash}` } as const;
  }
  const source = bundle.sources.get(bot.codeHash);
  for (const [name, text] of Object.entries(packages)) {
    const hash = namedHash(text);
    if (PACKAGES.includes(hash) || hashes.has(hash)) continue;
    if (source && packagesOf?.(source, bot.name)?.[name] === text) continue;
    return { reason: 'unknown-package', text: `no release published this text of ${name}: ${hash}` } as const;
  }
  return undefined;
}

/** The file has no source, text, state or exchange that no entry names. */
export function checkNeeded(claim: ClaimDraft, { bundle, bots, receipts }: Model, { executed }: KnownTexts) {
  const codes = new Set([...bots.values()].map(({ codeHash }) => codeHash));
  const texts = new Set([...executed.values()].flatMap(({ hashes }) => hashes));
  const states = new Set(receipts.map(({ state_before }) => state_before));
  const runs = new Set(receipts.map(({ bot_id, run }) => `${bot_id} ${run}`));
  const surplus = [
    ...[...bundle.sources.keys()].filter((hash) => !codes.has(hash)),
    ...[...bundle.texts.keys()].filter((hash) => !texts.has(hash)),
    ...[...bundle.states.keys()].filter((hash) => !states.has(hash)),
    ...bundle.exchanges.map(({ bot_id, run }) => `${bot_id} ${run}`).filter((run) => !runs.has(run)),
  ];
  for (const name of surplus) claim.invalid(`no entry names ${name}`);
}
