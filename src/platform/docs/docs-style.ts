/** The stylesheet of /docs. It loads no fonts or images. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --text: light-dark(#1c2024, #e6e8eb); --soft: light-dark(#60646c, #a0a6ae);
  --line: light-dark(#dfe2e6, #33383f); --ground: light-dark(#fff, #15181c); --box: light-dark(#f6f7f9, #1d2126);
  --accent: light-dark(#0b5fad, #7ab8f5); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 6rem; max-width: 62rem; color: var(--text); background: var(--ground);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 2rem; margin: 0 0 .5rem; }
h2 { margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 .25rem; font-size: 1.1rem; }
h4 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--soft); font-weight: 600; }
p { margin: .4rem 0; max-width: 46rem; }
a { color: var(--accent); }
code { font: .875em ui-monospace, monospace; background: var(--box); padding: .1em .35em; border-radius: 4px; }
pre { background: var(--box); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; }
pre code { padding: 0; background: none; }
main nav ul { columns: 3 14rem; padding: 0; margin: 0; list-style: none; }
main nav h3 { margin: 1rem 0 0; font-size: 1rem; }
header { border-bottom: 1px solid var(--line); margin-bottom: 2rem; padding-bottom: .75rem; }
header nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .5rem 0 0; list-style: none; font-size: .9rem; }
header .home { font-weight: 700; font-size: 1.1rem; color: var(--text); text-decoration: none; }
a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
main { overflow-wrap: anywhere; }
pre, table { overflow-wrap: normal; }
li { margin: .2rem 0; }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td:first-child { white-space: nowrap; }
tr:target, section:target > h3 { background: var(--box); }
.soft { color: var(--soft); }
@media (max-width: 40rem) {
  body { padding: 1rem .9rem 4rem; }
  h1 { font-size: 1.5rem; }
  td:first-child { white-space: normal; }
  td { min-width: 6rem; }
}
`;
