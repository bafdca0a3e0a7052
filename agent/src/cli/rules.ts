import { ruleHash } from '@fettle/shared/rule/hash';
import { type Rule, inScope, isJudged, metricsOf } from '@fettle/shared/rule/rule';
import type { Device, Os } from '@fettle/shared/rule/scope';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';

import { ServerClock } from '../collect/clock/server-clock.ts';
import type { Collector } from '../collect/collector.ts';
import { collectorsFor } from '../collect/collectors.ts';
import { OWN, Runner } from '../collect/runner.ts';
import { spoolState } from '../collect/spool-state.ts';
import type { Config } from '../config/config.schema.ts';
import { systemClock } from '../host/clock.ts';
import { nodeFs } from '../host/fs.ts';
import type { Host } from '../host/host.ts';
import type { Entry } from '../rules/entry.ts';
import { judgedRules } from '../rules/judged-rules.ts';
import { isPack, loadRules } from '../rules/saved-rules.ts';
import { loadState } from '../rules/saved-state.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { EXIT, type ExitCode, print } from './exit.ts';
import { deviceOf, filesOf, thisHost } from './place.ts';

/** The rules in force, what each watches here, and in which state it was at its last transition. */
export const rules = async (args: Arguments): Promise<ExitCode> => {
  const { config } = readConfig(args);
  const host = thisHost(config);
  const runner = new Runner({ collectors: residents(host.os), host, clock: systemClock });
  await runner.probeAll();
  const found = await rulesHere(config, host, runner.report());
  print(args.isJson, found, [
    `rule set ${found.ruleSet === 'pack' ? 'of the package' : found.ruleSet}, this is a ${found.device.class} on ${found.device.os}`,
    ...found.leftOut.map(({ rule, why }) => `${rule}: not watching: update the agent: ${why}`),
    ...found.rules.flatMap((rule) => [
      `${rule.id}: ${rule.title} (${rule.watching})`,
      ...rule.instances.map(
        ({ instance, phase, since }) => `  ${instance || 'the machine'}: ${phase}${since ? ` since ${since}` : ''}`,
      ),
    ]),
  ]);
  return EXIT.ok;
};

/** @param report which collectors can read here */
export const rulesHere = async (config: Config, host: Host, report: CapabilityReport['collectors']) => {
  const device = deviceOf(config, host);
  const files = filesOf(config);
  const ruleSet = await loadRules(nodeFs, files.rules);
  const now = { monoMs: systemClock.monoMs(), wallMs: systemClock.wallMs(), uptimeMs: host.uptimeMs() };
  const place = { fs: nodeFs, path: files.state, bootId: host.bootId() };
  const { entries } = await loadState(place, { rules: ruleSet.rules, device }, now);
  const here = {
    device,
    report: [...report, { id: OWN.id, ok: true, source: 'the agent itself' } as const],
    collectors: [...residents(host.os), OWN],
    leftOut: new Map(judgedRules(ruleSet.rules, device).leftOut.map(({ rule, why }) => [rule, why])),
  };
  return {
    ruleSet: isPack(ruleSet.version) ? 'pack' : ruleSet.version,
    device,
    leftOut: ruleSet.leftOut,
    rules: ruleSet.rules.map((rule) => ({
      id: rule.id,
      title: rule.title,
      hash: ruleHash(rule),
      watching: watching(rule, here),
      instances: entries.filter((entry) => entry.rule.rule.id === rule.id).map(shownEntry),
    })),
  };
};

/** As the agent has them that runs, which hears the server and keeps records. */
const residents = (os: Os) => [...collectorsFor(os, new ServerClock()), spoolState(() => [])];

type Here = {
  readonly device: Device;
  readonly report: CapabilityReport['collectors'];
  readonly collectors: readonly Pick<Collector, 'id' | 'provides'>[];
  /** Why this version cannot judge a rule. */
  readonly leftOut: ReadonlyMap<string, string>;
};

/** What stands at the beginning of what is said of a rule that this agent judges. */
export const WATCHING = 'watching';
export const NOT_WATCHING = 'not watching';

const watching = (rule: Rule, here: Here): string => {
  if (!inScope(rule, here.device)) return 'not for this kind of device';
  if (!isJudged(rule)) return 'judged by the server';
  const unknown = here.leftOut.get(rule.id);
  if (unknown !== undefined) return `${NOT_WATCHING}: this version of the agent cannot judge it: ${unknown}`;
  const metrics = rule.kind === 'change' ? metricsOf(rule) : [rule.signal.metric];
  const readers = here.collectors.filter(({ provides }) => provides.some((name) => metrics.includes(name)));
  const answers = readers.map(({ id }) => here.report.find((one) => one.id === id));
  if (answers.some((answer) => answer?.ok)) return WATCHING;
  const [missing] = answers.flatMap((answer) => (answer === undefined || answer.ok ? [] : [answer]));
  const why = missing ? `, since ${missing.id} is not available: ${missing.reason.detail}` : '';
  return `${NOT_WATCHING}: nothing here reads ${rule.signal.metric}${why}`;
};

const shownEntry = ({ instance, state, sinceWallMs }: Entry) => ({
  instance,
  phase: state.phase,
  since: state.level < 0 ? null : new Date(sinceWallMs).toISOString(),
});
