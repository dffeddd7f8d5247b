/** What packages made for Node take from it: these names are in browsers too. */
export const { TextDecoder, TextEncoder } = globalThis;

/** Decodes base64, the only use of Buffer in the packages of the page. */
export const Buffer = {
  from: (base64: string, _encoding: 'base64') => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
};
