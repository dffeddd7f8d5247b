/**
 * The words allowed in names and labels where text is restricted: roles and games, which cannot form an instruction.
 */
const WORDS = new Set(
  `
  alice bob carol dave eve erin frank grace heidi ivan judy kim leo mallory max nina olivia oscar peggy quinn rupert sam sybil
  tom trent uma victor walter xena yara zoe
  ann anna ben charlie dan emma eric fred george hans helen ian jack jane john julia kate lisa lucy maria mark mary mia mike
  noah paul peter robin sara sarah sofia steve susan will
  admin audience bank banker bot bots caller challenger creator crowd dealer first fourth guest guesser home host human invite
  judge keeper left member moderator more observe observer one opponent other overlay owner partner party player referee right
  second seat seeker server spectator spell table team third three two four umpire viewer visitor watcher winner
  arena bench blackjack bout cards channel chess demo dice draw duel evening final friendly game guess guessbot guessing hand
  heat lobby match moves night number numbers open play price quarantine quiet race room round session spells test tls typed
  tournament trial word words
  black blue brown cyan gold gray green grey orange pink purple red silver white yellow
  north south east west alpha beta gamma delta epsilon omega
  `
    .trim()
    .split(/\s+/),
);

const NAMED = /^([a-z]+)[_.-]?([0-9]{0,3})$/;

/**
 * Returns the name if it is one of the words or a single letter, optionally with up to three digits; otherwise
 * `instead`.
 */
export function plainName(given: string, instead: string): string {
  const [, word = ''] = NAMED.exec(given.toLowerCase()) ?? [];
  return word.length === 1 || WORDS.has(word) ? given : instead;
}
