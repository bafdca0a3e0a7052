// The child's side of probe-child.ts: reads which collectors are wanted, runs one after the other, and writes what each says
// as one framed line as soon as it is there.
import { constants, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';

import { type Collector, type Reading, UnavailableError, reasonOf } from '../collect/collector.ts';
import type { ProbeAnswer } from '../collect/probe-answer.schema.ts';
import { type SlowId, isSlowId } from '../collect/slow.ts';
import { childHost } from '../host/child-host.ts';
import { systemClock } from '../host/clock.ts';
import { type ChildHost, HostError } from '../host/host.ts';
import { folderMemory, readOnly } from '../host/memory.ts';
import { nodeHost } from '../host/node.ts';
import { frameOf } from '../host/probe-child.ts';
import { type ProbeRequest, probeRequest } from '../host/probe-request.schema.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { loadSlow } from './slow-code.ts';

const probeNothing = () => Promise.reject(new Error('a child starts no child'));

export const probe = async (): Promise<ExitCode> => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // of what it starts too: nobody waits for it
  const { collectors, memoryFolder, declared, keeps } = readRequest(await text(process.stdin));
  const kept = folderMemory(memoryFolder, (problem) => process.stderr.write(`${problem}\n`));
  const memory = keeps ? kept : readOnly(kept);
  const host = childHost(nodeHost({ clock: systemClock, declared, memory, probe: probeNothing }));
  for (const id of collectors.filter(isSlowId)) {
    process.stdout.write(`\n${frameOf(id)}${JSON.stringify(await answerOf(id, host))}\n`);
  }
  return EXIT.ok;
};

const readRequest = (content: string): ProbeRequest => {
  try {
    const request = probeRequest.safeParse(JSON.parse(content));
    if (request.success) return request.data;
  } catch {
    // the same as a request that is none
  }
  throw new CliError(EXIT.usage, 'This verb is for the agent itself. To read now: fettle-agent collect --once [ID …]');
};

const answerOf = async (id: SlowId, host: ChildHost): Promise<ProbeAnswer> => {
  const before = host.spent();
  const answer = await readingOf(await loadSlow[id](), host);
  const after = host.spent();
  const cost = {
    cpuMs: after.cpuMs - before.cpuMs,
    children: after.children - before.children + 1, // this process too
    bytes: after.bytes - before.bytes,
  };
  return { source: '', samples: [], partial: [], sections: [], ...answer, cost };
};

const readingOf = async (collector: Collector<ChildHost>, host: ChildHost): Promise<Partial<ProbeAnswer>> => {
  try {
    const capability = await collector.probe(host);
    if (!capability.ok) return { unavailable: capability.reason };
    const reading = await withDeadline(collector, host);
    return { source: capability.source, ...answerFrom(reading) };
  } catch (error) {
    if (error instanceof UnavailableError) return { unavailable: error.reason };
    return { failed: reasonOf(error) };
  }
};

const answerFrom = ({ samples, partial = [], sections = [], failed }: Reading) => ({
  samples: samples.map(({ metric, attributes, value }) => ({ metric, attributes: { ...attributes }, value })),
  partial: [...partial],
  sections: [...sections],
  ...(failed && { failed }),
});

const withDeadline = async (collector: Collector<ChildHost>, host: ChildHost) => {
  const signal = AbortSignal.timeout(collector.timeoutMs);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const seconds = collector.timeoutMs / 1000;
  signal.addEventListener('abort', () => reject(new HostError('timeout', `no answer within ${seconds} s`)));
  return Promise.race([collector.collect(host, { monoMs: systemClock.monoMs(), signal }), late]);
};
