import type { SettingName } from './settings.js';

/** The text of settings by name, as in the environment or `.env`. */
type Texts = Readonly<Record<string, string | undefined>>;

/** Settings of MCP Multiplayer that mean the same as one of ours. If both are set, ours takes precedence. */
const SAME: Readonly<Record<string, SettingName>> = { PROXY_HOST: 'HOST', PROXY_PORT: 'PORT', DOMAIN: 'PUBLIC_URL' };

const ONE_PORT = 'MCP and everything else are served on PORT';
const BEHIND_PROXY = 'this server speaks http: put an https proxy in front of it, and set PUBLIC_URL and TRUST_PROXY';
/** Settings of MCP Multiplayer that change nothing here, and why. */
const UNUSED: Readonly<Record<string, string>> = {
  MCP_HOST: ONE_PORT,
  MCP_PORT: ONE_PORT,
  USE_SSL: BEHIND_PROXY,
  SSL_CERT_PATH: BEHIND_PROXY,
  SSL_KEY_PATH: BEHIND_PROXY,
};

/** The settings of MCP Multiplayer that `.env` may contain. */
export const SEED_SETTINGS: ReadonlySet<string> = new Set([...Object.keys(SAME), ...Object.keys(UNUSED)]);

/** The setting of MCP Multiplayer that has the same meaning as one of ours. */
export const seedNameOf = (ours: string): string | undefined => Object.keys(SAME).find((name) => SAME[name] === ours);

/**
 * Reads the settings of MCP Multiplayer. Returns the text for each of our settings that is set only by its old name,
 * and one notice per old setting, which the server prints at its start.
 */
export function readSeedSettings(texts: Texts): { readonly as: Texts; readonly notices: readonly string[] } {
  const as: Record<string, string> = {};
  const notices: string[] = [];
  for (const [name, ours] of Object.entries(SAME)) {
    const value = texts[name]?.trim();
    if (!value) continue;
    if (name === 'DOMAIN' && isThisMachine(value)) continue;
    if (texts[ours]?.trim()) {
      notices.push(`${name} is not used, because ${ours} is set.`);
      continue;
    }
    as[ours] = name === 'DOMAIN' ? `https://${value}` : value;
    notices.push(`${name} is read as ${ours}=${as[ours]}.`);
  }
  for (const [name, why] of Object.entries(UNUSED)) {
    const value = texts[name]?.trim();
    if (value && !(name === 'USE_SSL' && /^(false|0|no)$/i.test(value))) notices.push(`${name} is not used: ${why}.`);
  }
  return { as, notices };
}

/** Whether the domain is the default of MCP Multiplayer, which names no public host. */
const isThisMachine = (domain: string) => /^(localhost|127\.0\.0\.1)$/i.test(domain);
