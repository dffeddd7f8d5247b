import type { Attack } from './attack.js';

/** Every attack, by the name that `npm run bench -- neighbour <name>` takes. */
export const ATTACKS: Readonly<Record<string, () => Promise<{ readonly attack: Attack }>>> = {
  'anonymous-json': () => import('./anonymous-json.js'),
  'guest-json': () => import('./guest-json.js'),
  'large-text': () => import('./large-text.js'),
  'registration-json': () => import('./registration-json.js'),
  search: () => import('./search.js'),
  'list-channels': () => import('./list-channels.js'),
  'large-pages': () => import('./large-pages.js'),
  'comings-and-goings': () => import('./comings-and-goings.js'),
  'slow-source': () => import('./slow-source.js'),
  'disk-posts': () => import('./disk-posts.js'),
  'endless-bots': () => import('./endless-bots.js'),
  'endless-accounts': () => import('./endless-accounts.js'),
  'new-endless-bots': () => import('./new-endless-bots.js'),
  'hostile-frames': () => import('./hostile-frames.js'),
  'middling-bots': () => import('./middling-bots.js'),
};
