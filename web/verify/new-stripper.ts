import * as stripper from '@swc/wasm-typescript';

/** Takes the place of bot-sdk/new-stripper.ts in the browser, where a worker lives as long as one file is checked. */
export const newStripper = () => stripper;
