import type { Claim, Finding } from '../../verifier/report/claim.js';
import { MEANINGS } from '../../verifier/report/meanings.js';
import type { Report } from '../../verifier/report/report.js';
import type { Message, Order } from './protocol.js';

const MOST_BYTES = 512 * 1_048_576;

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const file = element<HTMLInputElement>('file');
const drop = element('drop');
const progress = element<HTMLProgressElement>('progress');
const status = element('status');
const result = element('result');
const stop = element<HTMLButtonElement>('stop');

/** Loaded with the page, so that it is there without a network. */
const workerAddress = (document.currentScript as HTMLScriptElement).dataset.worker as string;
let spare = new Worker(workerAddress);
/** The worker that is checking a file. */
let worker: Worker | undefined;

file.addEventListener('change', () => void check());
for (const id of ['key', 'policy', 'checkpoint']) element(id).addEventListener('change', () => void check());
stop.addEventListener('click', () => end('Stopped.'));
for (const name of ['dragover', 'dragleave', 'drop'] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name !== 'drop' || !event.dataTransfer?.files.length) return;
    file.files = event.dataTransfer.files;
    void check();
  });
}

/** Verifies the chosen file in a worker of its own. Choosing again ends the one before. */
async function check() {
  const chosen = file.files?.[0];
  if (!chosen) return;
  end('');
  result.replaceChildren();
  if (chosen.size > MOST_BYTES) return end(`The file has more than ${MOST_BYTES / 1_048_576} MB.`);
  status.textContent = `Checking ${chosen.name}…`;
  progress.hidden = false;
  progress.removeAttribute('value');
  stop.hidden = false;
  const own = spare;
  worker = own;
  spare = new Worker(workerAddress);
  own.onmessage = ({ data }: MessageEvent<Message>) => hear(data);
  own.onerror = () =>
    end('The check broke off: the file needs more memory than this browser has, or is made to break it.');
  const order: Order = {
    file: new Uint8Array(await chosen.arrayBuffer()),
    ...(await options()),
  };
  if (worker === own) own.postMessage(order, [order.file.buffer as ArrayBuffer]);
}

async function options(): Promise<Omit<Order, 'file'>> {
  const key = element<HTMLInputElement>('key').value.trim();
  const [policy, checkpoint] = await Promise.all(['policy', 'checkpoint'].map(textOf));
  return { ...(key && { key }), ...(policy && { policy }), ...(checkpoint && { checkpoint }) };
}

const textOf = async (id: string) => element<HTMLInputElement>(id).files?.[0]?.text();

function hear(message: Message) {
  if (message.kind === 'progress') {
    progress.max = message.all;
    progress.value = message.done;
    status.textContent = `Running the bot again: ${message.done} of ${message.all} runs`;
  } else if (message.kind === 'refused') end(message.text);
  else {
    end('');
    show(message.report);
  }
}

/** Ends the check that is going on, if there is one. */
function end(text: string) {
  worker?.terminate();
  worker = undefined;
  progress.hidden = true;
  stop.hidden = true;
  status.textContent = text;
}

function show(report: Report) {
  const { verdict, exitCode, first, claims } = report;
  const tone = exitCode === 0 ? 'good' : exitCode >= 30 ? 'bad' : 'warning';
  const parts = [make('p', `${verdict}: ${MEANINGS[verdict]}`, `verdict ${tone}`)];
  if (first) parts.push(make('p', `First difference: ${lineOf(first)}`, 'bad'));
  const { entries, channel, origin } = report.facts;
  if (channel !== undefined) parts.push(make('p', `Channel ${channel} of ${origin}, ${entries} entries`, 'soft'));
  const list = make('ul', '', 'claims');
  list.append(...claims.map(itemOf));
  result.replaceChildren(...parts, list, downloadOf(report));
  result.focus();
}

function itemOf({ title, result: outcome, checked, findings, more, notes }: Claim) {
  const item = make('li', '', outcome === 'PASS' ? 'pass' : outcome === 'FAIL' ? 'fail' : 'unchecked');
  item.append(make('strong', outcome), ` ${title}`, outcome === 'PASS' ? ` (${checked})` : '');
  const lines = [...findings.map(lineOf), ...(more > 0 ? [`and ${more} more`] : []), ...notes];
  if (lines.length) {
    const details = make('ul', '');
    details.append(...lines.map((line) => make('li', line)));
    item.append(details);
  }
  return item;
}

const lineOf = ({ entry, text, reason }: Finding) =>
  `${entry === undefined ? '' : `entry ${entry}: `}${text}${reason ? ` [${reason}]` : ''}`;

function downloadOf(report: Report) {
  const link = make('a', 'The result as JSON') as HTMLAnchorElement;
  link.href = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
  link.download = `${report.facts.channel ?? 'channel'}.verified.json`;
  return link;
}

/** Text of the file is only ever text, never markup. */
function make(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}
