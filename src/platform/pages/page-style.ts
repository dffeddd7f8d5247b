/** The stylesheet of our pages. It loads no fonts or images. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --text: light-dark(#1c2024, #e6e8eb);
  --soft: light-dark(#565b63, #a7adb5); --line: light-dark(#d5d9de, #3a4047); --ground: light-dark(#f4f5f7, #121518);
  --box: light-dark(#fff, #1b1f24); --accent: light-dark(#1f55c9, #86b0ff); --on-accent: light-dark(#fff, #0c1526);
  --bad: light-dark(#b3261e, #ff9a90); --good: light-dark(#146c43, #7fd6a6); }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; color: var(--text); background: var(--ground); overflow-wrap: anywhere; }
main { margin: 0 auto; padding: 1.75rem; background: var(--box); border: 1px solid var(--line); border-radius: 12px; }
.narrow { max-width: 27rem; margin-top: 6vh; }
.wide { max-width: 46rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
p { margin: .6rem 0; }
ul { padding-left: 1.2rem; }
a { color: var(--accent); }
code, .secret { font: .9em ui-monospace, monospace; }
.secret { display: block; padding: .7rem .8rem; border: 1px dashed var(--soft); border-radius: 8px; user-select: all; }
.soft { color: var(--soft); font-size: .9rem; }
.warning, .good, .bad { padding: .6rem .8rem; border-left: 3px solid; border-radius: 4px; }
.warning, .bad { color: var(--bad); }
.good { color: var(--good); }
form { margin: 1rem 0; }
label, legend { display: block; font-weight: 600; margin: .9rem 0 .25rem; }
fieldset { border: 0; margin: 1rem 0 0; padding: 0; }
legend { margin-top: 0; padding: 0; }
fieldset label { font-weight: 400; margin: .2rem 0; }
input:not([type=checkbox]), select { width: 100%; font: inherit; color: inherit; background: var(--ground); padding: .55rem .7rem;
  border: 1px solid var(--soft); border-radius: 8px; }
input[aria-invalid=true] { border-color: var(--bad); }
.problem { color: var(--bad); font-size: .9rem; margin: .25rem 0 0; }
.buttons { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.25rem; }
button { font: inherit; font-weight: 600; padding: .55rem 1.1rem; border-radius: 8px; border: 1px solid var(--soft);
  color: inherit; background: transparent; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.bad { color: var(--bad); border-color: var(--bad); padding: .55rem 1.1rem; border-left-width: 1px; border-radius: 8px; }
button.small { font-size: .85rem; padding: .3rem .7rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.rows { list-style: none; padding: 0; margin: .5rem 0; }
.rows > li { display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: .6rem 0;
  border-bottom: 1px solid var(--line); }
.rows form { margin: 0; flex: none; }
.top { display: flex; gap: 1rem; justify-content: space-between; align-items: center; }
.top form { margin: 0; }
`;
