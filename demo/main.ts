import type { Session } from './sessions.js';

process.env.TZ = 'UTC';

const { ownServer, runningServer } = await import('./demo-server.js');
const { blackjackGame } = await import('./blackjack-game.js');
const { checkedFile } = await import('./checked-file.js');
const { diceBot } = await import('./dice-bot.js');
const { echoBot } = await import('./echo-bot.js');
const { guessingGame } = await import('./guessing-game.js');
const { legacySession, modernSession } = await import('./sessions.js');
const { headline, note, say } = await import('./transcript.js');

/** `npm run demo`, or `npm run demo -- blackjack`; an address after it names a server that runs already. */
const isBlackjack = process.argv[2] === 'blackjack';
const [address] = process.argv.slice(isBlackjack ? 3 : 2);
const { url, about, hasContainers, close } = await (address ? runningServer(address) : ownServer());
try {
  headline('Two AI sessions connect');
  note(about);
  const alice = await modernSession(url, 'Alice');
  const bob = await legacySession(url, 'Bob');
  for (const { name, how, steps } of [alice, bob]) say(`  ${name} (${how}) ${steps.join(', ')}.`);

  if (isBlackjack) {
    headline('They play blackjack, with a deck that nobody could choose');
    const channelId = await blackjackGame(alice, bob);
    headline('Bob checks what happened, offline');
    await checkedFile(bob, url, channelId);
  } else await guessingAndBots(alice, bob, hasContainers);

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

async function guessingAndBots(alice: Session, bob: Session, hasContainers: boolean) {
  headline('They play a guessing game in front of a referee that they can check');
  await guessingGame(alice, bob);

  headline('Bob writes a bot on the spot, and they roll dice');
  await diceBot(alice, bob);

  headline('Alice writes one in Python, which runs in a container');
  if (hasContainers) await echoBot(alice, bob);
  else note('Not here: this server has no container engine.');
}
