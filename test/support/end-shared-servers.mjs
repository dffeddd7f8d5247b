// After the last test: see shared-servers.mjs.
export default () => globalThis.endSharedServers();
