// `npm run sandbox:doctor`: checks the sandbox on this machine, one line per check, and runs one bot of each language
// in a container. Exits with 1 if bots cannot run in containers here.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
await build();
// Imported only after the installation and the build.
const { sandboxImage } = await import('./sandbox-image.mjs');
const { findEngine } = await import('./sandbox-image/engine.mjs');
const { sandboxSettings } = await import('./sandbox-image/settings.mjs');
const { runBot } = await import('./sandbox-image/try-bot.mjs');

const rows = [];
const say = (state, check, what) => {
  rows.push(state);
  console.log(`${state.padEnd(5)} ${check.padEnd(14)} ${what}`);
};

const settings = sandboxSettings();
for (const address of settings.engines) await examine(address);
process.exit(rows.includes('fail') ? 1 : 0);

async function examine(address) {
  const engine = await findEngine(address);
  if (!engine)
    return say('fail', 'engine', `none answers at ${address || 'the usual socket'}: install Docker and start it`);
  const { Version, ApiVersion, Os, Arch } = await engine.version();
  say('ok', 'engine', `${Version}, API ${ApiVersion}, ${Os}/${Arch}`);
  examineHost(await engine.info());
  const tag = settings.image ?? (await sandboxImage())?.tag;
  const image =
    tag &&
    (await engine
      .getImage(tag)
      .inspect()
      .catch(() => undefined));
  if (!image) return say('fail', 'image', tag ? `the engine has no ${tag}` : 'there is none');
  examineImage(tag, image);
  for (const language of ['javascript', 'python']) await examineBot(engine, image.Id, language);
}

/** Checks the engine's information about its machine: limits that it does not support are not enforced. */
function examineHost(info) {
  say('ok', 'cgroups', `version ${info.CgroupVersion ?? 1}, ${info.CgroupDriver}`);
  const limits = { memory: info.MemoryLimit, swap: info.SwapLimit, pids: info.PidsLimit, cpu: info.CpuCfsQuota };
  for (const [name, isThere] of Object.entries(limits)) {
    say(
      isThere ? 'ok' : 'warn',
      `limit ${name}`,
      isThere ? 'can be set' : 'the kernel does not offer it to the engine',
    );
  }
  const hasSeccomp = (info.SecurityOptions ?? []).some((option) => option.startsWith('name=seccomp'));
  say(
    hasSeccomp ? 'ok' : 'fail',
    'seccomp',
    hasSeccomp ? 'filters system calls' : 'the kernel has no filter for system calls',
  );
  const isSlow = info.Driver === 'vfs';
  say(isSlow ? 'warn' : 'ok', 'storage', isSlow ? 'vfs copies the image for every container' : info.Driver);
  const runtimes = Object.keys(info.Runtimes ?? {});
  const isKnown = !settings.runtime || runtimes.includes(settings.runtime);
  const chosen = settings.runtime || info.DefaultRuntime;
  say(isKnown ? 'ok' : 'fail', 'runtime', `${chosen}${isKnown ? '' : ' is not there'} (of ${runtimes.join(', ')})`);
}

function examineImage(tag, { Size, Config }) {
  const { 'parley.node': node, 'parley.python': python, 'parley.rootfs': rootfs } = Config.Labels ?? {};
  const isOurs = node && python && rootfs;
  say(isOurs ? 'ok' : 'fail', 'image', isOurs ? `${tag}, ${Math.round(Size / 1e6)} MB` : `${tag} is not made for this`);
  if (isOurs) say('ok', 'contents', `Node ${node}, Python ${python}, rootfs ${rootfs}`);
}

async function examineBot(engine, image, language) {
  try {
    const { startMs, hookMs } = await runBot(engine, image, language, settings);
    say('ok', `bot, ${language}`, `started in ${startMs} ms, answered in ${hookMs} ms`);
  } catch (error) {
    say('fail', `bot, ${language}`, error.message);
  }
}
