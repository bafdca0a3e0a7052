// The child's side of probe-child.ts: reads which collectors are wanted, runs one after the other, and writes what each says
// as one framed line as soon as it is there.
import { constants, setPriority } from 'node:os';

import type { Collector, Reading } from '../collect/collector.ts';
import { type Answer, Deadlines } from '../collect/deadlines.ts';
import { parseJson } from '../collect/json.parse.ts';
import type { ProbeAnswer } from '../collect/probe-answer.schema.ts';
import { childHost } from '../host/child-host.ts';
import { systemClock } from '../host/clock.ts';
import type { ChildHost } from '../host/host.ts';
import { folderMemory, readOnly } from '../host/memory.ts';
import { nodeHost } from '../host/node.ts';
import { frameOf } from '../host/probe-child.ts';
import { type ProbeRequest, probeRequest } from '../host/probe-request.schema.ts';
import { endGroup, listenToAsker } from './asker.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { type Load, slowCode } from './slow-code.ts';

const probeNothing = () => Promise.reject(new Error('a child starts no child'));

export const probe = async (): Promise<ExitCode> => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // of what it starts too: nobody waits for it
  const { said, gone, leave } = await listenToAsker();
  const { collectors, memoryFolder, declared, keeps } = readRequest(said ?? '');
  let isDone = false;
  void gone.then(() => isDone || endGroup()); // nobody waits for the answers any more
  const kept = folderMemory(memoryFolder, (problem) => process.stderr.write(`${problem}\n`));
  const memory = keeps ? kept : readOnly(kept);
  const host = childHost(nodeHost({ clock: systemClock, declared, memory, probe: probeNothing }));
  for (const id of collectors) {
    const load = slowCode[host.os].get(id);
    if (load) process.stdout.write(`\n${frameOf(id)}${JSON.stringify(await answerOf(load, host))}\n`);
  }
  isDone = true;
  leave();
  return EXIT.ok;
};

const readRequest = (content: string): ProbeRequest => {
  const request = probeRequest.safeParse(parseJson(content));
  if (request.success) return request.data;
  throw new CliError(EXIT.usage, 'This verb is for the agent itself. To read now: fettle-agent collect --once [ID …]');
};

const answerOf = async (load: Load, host: ChildHost): Promise<ProbeAnswer> => {
  const before = host.spent();
  const answer = await readingOf(await load(), host);
  const after = host.spent();
  const cost = {
    cpuMs: after.cpuMs - before.cpuMs,
    children: after.children - before.children + 1, // this process too
    bytes: after.bytes - before.bytes,
  };
  return { source: '', samples: [], partial: [], sections: [], ...answer, cost };
};

const readingOf = async (collector: Collector<ChildHost>, host: ChildHost): Promise<Partial<ProbeAnswer>> => {
  const deadlines = new Deadlines(systemClock);
  const capability = await deadlines.within(collector.timeoutMs, () => collector.probe(host));
  if ('reason' in capability) return refusal(capability);
  if (!capability.value.ok) return { unavailable: capability.value.reason };
  const reading = await deadlines.within(collector.timeoutMs, (signal) =>
    collector.collect(host, { monoMs: systemClock.monoMs(), signal }),
  );
  return 'reason' in reading ? refusal(reading) : { source: capability.value.source, ...answerFrom(reading.value) };
};

const refusal = ({ reason, isUnavailable = false }: Refusal): Partial<ProbeAnswer> =>
  isUnavailable ? { unavailable: reason } : { failed: reason };

type Refusal = Extract<Answer<unknown>, { readonly reason: unknown }>;

const answerFrom = ({ samples, partial = [], sections = [], failed }: Reading) => ({
  samples: samples.map(({ metric, attributes, value }) => ({ metric, attributes: { ...attributes }, value })),
  partial: [...partial],
  sections: [...sections],
  ...(failed && { failed }),
});
