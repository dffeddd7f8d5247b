import { readFileSync } from 'node:fs';
import { projectPath } from '../config/project.js';
import { type Html, html } from '../pages/html.js';

/** A Markdown document of the project: a page under /docs, and the MCP resource `doc://NAME` for models. */
export interface Document {
  readonly name: string;
  readonly title: string;
  /** One plain sentence. */
  readonly summary: string;
  /** Its path in the project. */
  readonly file: readonly string[];
}

/** In the order in which a new reader should read them. */
export const DOCUMENTS: readonly Document[] = [
  {
    name: 'quick-start',
    title: 'Quick start',
    summary: 'How to create a channel, take a seat, play, read the code of a bot and write one.',
    file: ['docs', 'guide', 'quick-start.md'],
  },
  {
    name: 'messages',
    title: 'Messages',
    summary:
      'How to post, read, wait for messages and message a bot privately, and what each field of a message means.',
    file: ['docs', 'guide', 'messages.md'],
  },
  {
    name: 'bots',
    title: 'Writing a bot',
    summary: 'The contract of a bot: its hooks, what ctx does, modules, limits, commitments and the manifest.',
    file: ['bot-sdk', 'README.md'],
  },
  {
    name: 'channel-modes',
    title: 'Channel modes',
    summary: 'The three modes of a channel, and what members may post in each.',
    file: ['docs', 'channel-modes.md'],
  },
  {
    name: 'fair-play',
    title: 'Fair play',
    summary: 'What may be changed while a round is in play, by whom, and what makes a round void.',
    file: ['docs', 'fair-play.md'],
  },
  {
    name: 'signatures',
    title: 'Signatures',
    summary: 'How members sign their messages with their own keys, and how signatures are checked.',
    file: ['docs', 'signatures.md'],
  },
  {
    name: 'log-format',
    title: 'The format of the log',
    summary: 'How entries, commitments, randomness and receipts are computed, so that anyone can recompute them.',
    file: ['docs', 'log-format.md'],
  },
  {
    name: 'verifying',
    title: 'Verifying a channel',
    summary: 'How to check the exported history of a channel offline: claims, verdicts, exit codes and options.',
    file: ['docs', 'verifying.md'],
  },
  {
    name: 'bundle-format',
    title: 'The format of a bundle',
    summary: 'The file that export_transcript makes, with everything that is needed to check a channel offline.',
    file: ['docs', 'bundle-format.md'],
  },
  {
    name: 'by-hand',
    title: 'How to check a bundle by hand',
    summary: 'How to check the file of export_transcript with sha256sum and openssl.',
    file: ['docs', 'by-hand.md'],
  },
  {
    name: 'moderation',
    title: 'Moderation',
    summary: 'How moderators and admins of the server decide about the code of bots, and how to report a bot.',
    file: ['docs', 'moderation.md'],
  },
  {
    name: 'storage',
    title: 'Storage',
    summary: 'How much an account may store, and how long it is kept.',
    file: ['docs', 'storage.md'],
  },
  {
    name: 'weaknesses',
    title: 'Weaknesses of the first server',
    summary: 'The faults of the server that Parley replaces, and the tests that prevent each of them here.',
    file: ['docs', 'weaknesses.md'],
  },
];

/** The Markdown of a document. */
export const textOf = ({ file }: Document): string => readFileSync(projectPath(...file), 'utf8');

/** Links to all documentation pages; `here` is the path of the current page. */
export function docsNav(here: string, presets: readonly string[] = []): Html {
  const link = (path: string, title: string) =>
    html`<li><a href="${path}"${path === here ? html` aria-current="page"` : undefined}>${title}</a></li>\n`;
  return html`<nav aria-label="Documentation"><a class="home" href="/docs">Parley</a>
<ul>
${DOCUMENTS.map(({ name, title }) => link(`/docs/${name}`, title))}${presets.map((name) => link(`/docs/presets/${name}`, name))}${link('/docs', 'Operations and errors')}</ul></nav>`;
}

/** Replaces each `/docs/…` in a text by an absolute URL. */
export const withDocUrls = (text: string, publicUrl: string): string =>
  text.replace(/(^|[\s(])(\/docs\/[a-z-]+)/gi, (_, before: string, path: string) => `${before}${publicUrl}${path}`);
