import { nodeMeans } from '../../verifier/node-means.js';
import type { Report } from '../../verifier/report/report.js';
import { type VerifyOptions, verify } from '../../verifier/verify.js';
import type { Person } from './doors.js';
import { completed, fileOf, type MadeBundle } from './made-bundle.js';
import { exported } from './transcripts.js';

/** Verifies a bundle with its newest key pinned. */
export async function verifiedBundle(bundle: MadeBundle, options: VerifyOptions = {}): Promise<Report> {
  const means = nodeMeans();
  await using _ = means.containers;
  return await verify(fileOf(bundle), { keys: [bundle.keys.at(-1)], ...options }, means);
}

/** What a person can verify of a channel, from the exported file alone. */
export async function verifiedChannel(person: Person, channel_id: string, options?: VerifyOptions): Promise<Report> {
  return verifiedBundle(await exportedBundle(person, channel_id), options);
}

export const exportedBundle = async (person: Person, channel_id: string): Promise<MadeBundle> =>
  completed((await exported(person, channel_id)).bundle);

/** Everything that speaks against a report, as lines. */
export const findingsIn = ({ claims }: Report): string[] =>
  claims.flatMap(({ id, findings }) =>
    findings.map(({ gravity, text, entry }) => `${id}: ${gravity}: ${entry}: ${text}`),
  );

/** The reasons for which something was not checked. */
export const reasonsIn = ({ claims }: Report): string[] => [
  ...new Set(claims.flatMap(({ findings }) => findings.flatMap(({ reason }) => reason ?? []))),
];
