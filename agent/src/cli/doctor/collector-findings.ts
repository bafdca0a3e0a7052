// Every collector is run once, also those in the child, and says what it can read here, and what that cost.
import type { CapabilityReport, Reason, ReasonCode } from '@fettle/shared/wire/record.schema';
import { formatBytes } from '@fettle/shared/words/format';

import { collectorsFor } from '../../collect/collectors.ts';
import { Runner } from '../../collect/runner.ts';
import { spoolState } from '../../collect/spool-state.ts';
import { systemClock } from '../../host/clock.ts';
import type { Host } from '../../host/host.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export type Report = CapabilityReport['collectors'];
type Account = Report[number]['ledger'];

/** Nothing that a person could change on this machine. */
const AS_IT_IS: ReadonlySet<ReasonCode> = new Set(['no_hardware', 'virtual', 'not_on_this_os']);

export type Run = { readonly report: Report; readonly partial: readonly (Reason & { readonly collector: string })[] };

export const runCollectors = async (host: Host): Promise<Run> => {
  const collectors = [...collectorsFor(host.os), spoolState(() => [])];
  const runner = new Runner({ collectors, host, clock: systemClock });
  await runner.probeAll();
  const outcomes = await Promise.all(collectors.map(({ id }) => runner.runNow(id)));
  const report = runner.report();
  runner.stop();
  const partial = outcomes.flatMap((outcome) =>
    (outcome?.partial ?? []).map((reason) => ({ ...reason, collector: outcome?.collector ?? '' })),
  );
  return { report, partial };
};

/** @param resident what the running agent says of its own */
export const collectorFindings = ({ report, partial }: Run, resident: Report = []): readonly Finding[] =>
  report.flatMap((one) => [
    finding(one, resident),
    ...partial
      .filter(({ collector }) => collector === one.id)
      .map(({ code, detail, fix }) => warn(`reads ${one.id}`, `in part (${code}): ${detail}`, fix)),
  ]);

const finding = (one: Report[number], resident: Report): Finding => {
  const about = `reads ${one.id}`;
  const account = resident.find(({ id }) => id === one.id)?.ledger;
  const cost = [costOf('now', one.ledger), costOf('by the agent', account)].filter(Boolean).join('; ');
  const behind = cost === '' ? '' : ` [${cost}]`;
  if (!one.ok) return missing(about, one.reason, behind);
  const failed = one.ledger?.lastReason ?? account?.lastReason;
  if (failed) return fail(about, `${failed.code}: ${failed.detail}${behind}`, failed.fix);
  return ok(about, `${one.source}${behind}`);
};

const missing = (about: string, { code, detail, fix }: Reason, behind: string): Finding => {
  const text = `not available (${code}): ${detail}${behind}`;
  // what could be had all the same is not a fault of this machine
  if (AS_IT_IS.has(code)) return fix === undefined ? ok(about, text) : { ...ok(about, text), fix };
  return warn(about, text, fix);
};

const costOf = (who: string, account: Account): string => {
  if (!account) return '';
  const { runs, cpuMs, children, bytes } = account;
  const started = children === 0 ? '' : `, ${children} programs, ${formatBytes(bytes)} read`;
  return `${who}: ${runs === 1 ? '' : `${runs} runs, `}${cpuMs} ms CPU${started}`;
};
