#!/usr/bin/env node
// The browser of a program that opens one: goes where it is sent, as far as it leads.
await fetch(process.argv[2]);
