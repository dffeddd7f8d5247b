import { createHash } from 'node:crypto';
import { Html, html } from '../platform/pages/html.js';
import { PAGE_STYLE } from '../platform/pages/page-style.js';

const STYLE = `${PAGE_STYLE}
#drop { padding: 1.5rem 1rem; border: 2px dashed var(--soft); border-radius: 12px; text-align: center; }
#drop.over { border-color: var(--accent); }
input[type=file] { border: 0; padding: 0; background: none; }
progress { width: 100%; }
.verdict { font-weight: 600; font-size: 1.1rem; }
.claims { list-style: none; padding: 0; }
.claims > li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
.pass > strong { color: var(--good); }
.fail > strong { color: var(--bad); }
.claims ul { color: var(--soft); font-size: .9rem; }
details { margin: 1rem 0; }
`;

/**
 * The policy of the page. The page and its worker may connect to nothing, so a file that is checked is sent to nobody.
 * WebAssembly is allowed to the worker alone, by the headers of its own response.
 */
export const VERIFY_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; script-src 'self'; worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`;
export const VERIFY_WORKER_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'";

/** The page on which an exported channel is checked in the browser, with the addresses of its scripts. */
export const verifyPage = (script: string, worker: string) => html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Check a channel · Parley</title>
<style>${new Html(STYLE)}</style>
<main class="wide">
<h1>Check a channel</h1>
<p>Choose a file that <code>export_transcript</code> made (<code>….parley.json.gz</code>). It is checked here, in your browser:
the log, the signatures, the seeds, and every run of its bots, which are run again. The file is sent to nobody. Once it is loaded, this page works without a network.</p>
<div id="drop">
<label for="file">The exported file</label>
<input type="file" id="file" accept=".gz,.json,application/gzip,application/json">
<p class="soft">or drop it anywhere on this page</p>
</div>
<details>
<summary>What you know from elsewhere</summary>
<p class="soft">The page comes from the server whose log it checks. A key that somebody else gave you shows that the file is from that server; a
checkpoint that you kept shows that nothing before it was changed.</p>
<label for="key">Verifier key of the server</label>
<input type="text" id="key" autocomplete="off" spellcheck="false">
<label for="policy">Policy (C2SP tlog-policy)</label>
<input type="file" id="policy">
<label for="checkpoint">A checkpoint of the channel that you kept</label>
<input type="file" id="checkpoint">
</details>
<p id="status" role="status"></p>
<progress id="progress" aria-label="Progress" hidden></progress>
<button type="button" id="stop" class="small" hidden>Stop</button>
<section id="result" aria-label="Result" tabindex="-1"></section>
<noscript><p class="warning">This page needs JavaScript. Without it, use <code>npx parley-verify FILE</code>.</p></noscript>
<p class="soft"><a href="/docs/verifying">What each line means</a>. Bots that ran in containers are run again only by <code>npx parley-verify</code>, where Docker is.</p>
</main>
<script src="${script}" data-worker="${worker}" defer></script>
</html>
`;
