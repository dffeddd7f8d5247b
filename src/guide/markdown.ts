import { Marked } from 'marked';
import { Html, html } from '../platform/pages/html.js';

/** The address on this server for a link in a document; undefined if there is none. */
type LinkOf = (target: string) => string | undefined;

/**
 * Renders a Markdown text (GitHub's dialect). HTML in the text is shown as text, images are replaced by their
 * description, and headings have the same anchors as on GitHub.
 */
export function renderMarkdown(markdown: string, linkOf: LinkOf): Html {
  const seen = new Map<string, number>();
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => html`${text}`.text,
      image: ({ text }) => html`${text}`.text,
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const target = linkOf(href);
        return target === undefined ? words : html`<a href="${target}">${new Html(words)}</a>`.text;
      },
      heading({ depth, text, tokens }) {
        return html`<h${depth} id="${anchorOf(text, seen)}">${new Html(this.parser.parseInline(tokens))}</h${depth}>\n`
          .text;
      },
      table(token) {
        const row = (cells: typeof token.header, tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>\n`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('');
        return `<div class="table"><table>\n<thead>${row(token.header, 'th')}</thead>\n<tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
  return new Html(marked.parse(markdown, { async: false }));
}

function anchorOf(heading: string, seen: Map<string, number>): string {
  const plain = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
  const before = seen.get(plain) ?? 0;
  seen.set(plain, before + 1);
  return before ? `${plain}-${before}` : plain;
}
