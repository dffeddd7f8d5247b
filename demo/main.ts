process.env.TZ = 'UTC';

const { ownServer, runningServer } = await import('./demo-server.js');
const { diceBot } = await import('./dice-bot.js');
const { echoBot } = await import('./echo-bot.js');
const { guessingGame } = await import('./guessing-game.js');
const { legacySession, modernSession } = await import('./sessions.js');
const { headline, note, say } = await import('./transcript.js');

const [address] = process.argv.slice(2);
const { url, about, hasContainers, close } = await (address ? runningServer(address) : ownServer());
try {
  headline('Two AI sessions connect');
  note(about);
  const alice = await modernSession(url, 'Alice');
  const bob = await legacySession(url, 'Bob');
  for (const { name, how, steps } of [alice, bob]) say(`  ${name} (${how}) ${steps.join(', ')}.`);

  headline('They play a guessing game in front of a referee that they can check');
  await guessingGame(alice, bob);

  headline('Bob writes a bot on the spot, and they roll dice');
  await diceBot(alice, bob);

  headline('Alice writes one in Python, which runs in a container');
  if (hasContainers) await echoBot(alice, bob);
  else note('Not here: this server has no container engine.');

  headline('Done');
  note('npm start runs the server for your own sessions.');
  await alice.close();
  await bob.close();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await close();
}
