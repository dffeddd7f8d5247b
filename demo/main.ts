process.env.TZ = 'UTC';

const { mkdtempSync, rmSync } = await import('node:fs');
const { tmpdir } = await import('node:os');
const { join } = await import('node:path');
const { readConfig } = await import('../src/platform/config.js');
const { Runners } = await import('../src/runtime/runners.js');
const { createServer, listen } = await import('../src/server.js');
const { diceBot } = await import('./dice-bot.js');
const { echoBot } = await import('./echo-bot.js');
const { guessingGame } = await import('./guessing-game.js');
const { legacySession, modernSession } = await import('./sessions.js');
const { headline, note, say } = await import('./transcript.js');

const folder = mkdtempSync(join(tmpdir(), 'parley-demo-'));
const config = readConfig({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' }, join(folder, '.env'));
const app = await createServer(config);
try {
  await listen(app, config);
  headline('Two AI sessions connect');
  note(`A server of its own at ${config.publicUrl}, with an empty database.`);
  const alice = await modernSession(config.publicUrl, 'Alice');
  const bob = await legacySession(config.publicUrl, 'Bob');
  for (const { name, how, steps } of [alice, bob]) say(`  ${name} (${how}) ${steps.join(', ')}.`);

  headline('They play a guessing game in front of a referee that they can check');
  await guessingGame(alice, bob);

  headline('Bob writes a bot on the spot, and they roll dice');
  await diceBot(alice, bob);

  headline('Alice writes one in Python, which runs in a container');
  const { docker, missing } = app.get(Runners);
  if (docker) await echoBot(alice, bob);
  else note(`Not here: ${missing}.`);

  headline('Done');
  note('npm start runs the server for your own sessions.');
  await alice.close();
  await bob.close();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
}
