/** Web globals that are loaded on first use. */
export const LAZY = /* js */ `
const LAZY = {
  __proto__: null,
  text: ['DOMException', 'TextEncoder', 'TextDecoder', 'btoa', 'atob', 'structuredClone'],
  urls: ['URL', 'URLSearchParams'],
};
for (const from in LAZY) for (const name of LAZY[from]) {
  defineProperty(globalThis, name, {
    configurable: true,
    get() { const value = library(from)[name]; define(globalThis, name, value); return value; },
    set(value) { define(globalThis, name, value); },
  });
}
`;
