import { contentHash } from '@fettle/shared/rule/hash';
import { isJudged } from '@fettle/shared/rule/pack';
import { type Rule, inScope } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';

import { collectorsFor } from '../collect/collectors.ts';
import { Runner } from '../collect/runner.ts';
import { systemClock } from '../host/clock.ts';
import { nodeFs } from '../host/fs.ts';
import type { Entry } from '../rules/entry.ts';
import { loadRules } from '../rules/saved-rules.ts';
import { loadState } from '../rules/saved-state.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { EXIT, type ExitCode, print } from './exit.ts';
import { deviceOf, filesOf, thisHost } from './place.ts';

/** The rules in force, what each watches here, and in which state it was at its last transition. */
export const rules = async (args: Arguments): Promise<ExitCode> => {
  const { config } = readConfig(args);
  const host = thisHost();
  const device = deviceOf(config, host);
  const files = filesOf(config);
  const ruleSet = await loadRules(nodeFs, files.rules);
  const now = { monoMs: systemClock.monoMs(), wallMs: systemClock.wallMs() };
  const place = { fs: nodeFs, path: files.state, bootId: host.bootId() };
  const { entries } = await loadState(place, { rules: ruleSet.rules, device }, now);
  const collectors = collectorsFor(host.os);
  const capabilities = await new Runner({ collectors, host, clock: systemClock }).probeAll();
  const readable = new Set(
    collectors.flatMap((collector, index) => (capabilities[index]?.ok ? collector.provides : [])) as readonly string[],
  );
  const shown = ruleSet.rules.map((rule) => ({
    id: rule.id,
    title: rule.title,
    hash: contentHash(rule),
    watching: watching(rule, device, readable),
    instances: entries.filter((entry) => entry.rule.rule.id === rule.id).map(shownEntry),
  }));
  print(args.isJson, { ruleSet: ruleSet.version || 'pack', device, rules: shown }, [
    `rule set ${ruleSet.version || 'of the package'}, this is a ${device.class} on ${device.os}`,
    ...shown.flatMap((rule) => [
      `${rule.id}: ${rule.title} (${rule.watching})`,
      ...rule.instances.map(
        ({ instance, phase, since }) => `  ${instance || 'the machine'}: ${phase}${since ? ` since ${since}` : ''}`,
      ),
    ]),
  ]);
  return EXIT.ok;
};

const watching = (rule: Rule, device: Device, readable: ReadonlySet<string>): string => {
  if (!inScope(rule, device)) return 'not for this kind of device';
  if (!isJudged(rule)) return 'judged by the server';
  return readable.has(rule.signal.metric) ? 'watching' : `not watching: nothing here reads ${rule.signal.metric}`;
};

const shownEntry = ({ instance, state, sinceWallMs }: Entry) => ({
  instance,
  phase: state.phase,
  since: state.level < 0 ? null : new Date(sinceWallMs).toISOString(),
});
