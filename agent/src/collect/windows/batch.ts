// One start of PowerShell for all that is asked of it, in half an hour: it costs a second of CPU. In between what was said last
// is said again.
import { MINUTE_MS } from '@fettle/shared/time';

import { type ChildHost, HostError, LATE, type Output } from '../../host/host.ts';
import { reasonOf } from '../collector.ts';
import { firstLine } from '../output.ts';
import { type Answer, type Row, parseAnswer } from './answer.parse.ts';
import { batchMemory } from './batch-memory.schema.ts';
import { DISK_SECTIONS, type SectionId, scriptOf, sectionIds } from './script.ts';

const ID = 'powershell';
/** A little less than two quarters of an hour, so that every second reading asks anew. */
const FRESH_MS = 29 * MINUTE_MS;
/** Of the whole: those who wait for it have longer. */
const BATCH_MS = MINUTE_MS;
const ARGUMENTS = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand'] as const;

/** Whoever asks in one child shares one start. */
const asked = new WeakMap<ChildHost, Promise<Answer>>();

/** What PowerShell said of it, at most half an hour ago. @throws HostError why there is nothing */
export const askWindows = async (host: ChildHost, id: SectionId): Promise<readonly Row[]> => {
  const answer = asked.get(host) ?? answerOf(host);
  asked.set(host, answer);
  const section = (await answer).get(id);
  if (section === undefined) throw new HostError('timeout', `PowerShell did not come to ${id}`);
  if ('rows' in section) return section.rows;
  throw new HostError(section.reason.code, section.reason.detail);
};

/** The same for what can do without. */
export const askIfAny = async (host: ChildHost, id: SectionId): Promise<readonly Row[]> =>
  askWindows(host, id).catch(nothing);

const nothing = (error: unknown): readonly Row[] => {
  if (error instanceof HostError) return [];
  throw error;
};

const answerOf = async (host: ChildHost): Promise<Answer> => {
  const kept = batchMemory.safeParse(host.memory.read(ID));
  const ageMs = kept.success ? host.wallMs() - kept.data.atMs : FRESH_MS;
  if (kept.success && ageMs >= 0 && ageMs < FRESH_MS) return new Map(Object.entries(kept.data.sections));
  const ids = sectionIds.filter((id) => !DISK_SECTIONS.has(id) || host.find('smartctl') === undefined);
  const answer = await run(host, ids);
  // a start that failed is not repeated sooner either: it costs as much
  host.memory.write(ID, { version: 1, atMs: host.wallMs(), sections: Object.fromEntries(answer) });
  return answer;
};

const run = async (host: ChildHost, ids: readonly SectionId[]): Promise<Answer> => {
  const args = [...ARGUMENTS, encoded(scriptOf(ids))];
  try {
    const output = await host.run('powershell', args, { timeoutMs: BATCH_MS, takesLate: true });
    const answer = parseAnswer(output.stdout);
    if (answer.size === 0) throw silence(output);
    return answer;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return new Map(ids.map((id) => [id, { reason: reasonOf(error) }]));
  }
};

const silence = ({ code, stderr }: Output): HostError => {
  if (code === LATE) return new HostError('timeout', `PowerShell said nothing within ${BATCH_MS / 1000} s`);
  const said = firstLine(stderr);
  return new HostError('service_broken', `PowerShell ended with ${code} and without an answer${said && `: ${said}`}`);
};

/** As -EncodedCommand wants it: UTF-16 in base64. */
const encoded = (script: string): string => Buffer.from(script, 'utf16le').toString('base64');
