#!/usr/bin/env node
// A browser with nobody in front of it: follows redirects to the end, as one does whose user only has to approve.
await fetch(process.argv[2]);
