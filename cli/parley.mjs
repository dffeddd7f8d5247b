#!/usr/bin/env node
// The command `parley`: what the build made of this folder.
await import('../dist/cli/main.js');
