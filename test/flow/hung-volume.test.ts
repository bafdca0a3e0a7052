// A disk under a running agent stops answering: everything else goes on in its rhythm, and the agent can still be stopped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import type { Api } from '../support/api.ts';
import { Mounts } from '../support/mounts.ts';
import { missing, needs } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';
import type { Program } from '../support/program.ts';

const { skip, why } = missing(needs.linux, needs.root, needs.loopMount, needs.ntfs3g);
/** In a hurry a beat comes each second; were the volume waited for each time, it would be each fourth. */
const BEATS = 8;

describe.skipIf(skip)(`a volume stops answering${why}`, () => {
  const folder = temporaryFolder();
  const mounts = new Mounts(folder.path);
  const pair = new Pair(folder.path);
  let ntfs: Awaited<ReturnType<Mounts['mountNtfs']>>;
  let agent: Program;
  let api: Api;
  let device: string;

  beforeAll(async () => {
    ntfs = await mounts.mountNtfs('windows');
    await pair.startServer();
    agent = await pair.startAgent();
    api = await pair.signIn();
    device = (await until('the device', async () => (await api.devices())[0])).id;
  });

  afterAll(async () => {
    mounts.remove(); // first: an agent that waits for the volume could not end by itself
    await pair.stop();
    folder.remove();
  });

  const cpuAt = async () => (await api.latest(device))['system.cpu.utilization']?.[0]?.at;
  const volumeAt = async () =>
    (await api.latest(device))['system.filesystem.utilization']?.find(
      ({ attributes }) => attributes['system.filesystem.mountpoint'] === ntfs.path,
    )?.at;

  it('is read while it answers', async () => {
    await until('a reading of the volume', volumeAt);
  });

  it('holds up no other: beat after beat comes as before, and nothing is made up for it', async () => {
    ntfs.daemon('SIGSTOP');
    const last = await until('the volume to fall behind', async () => {
      const [volume, cpu] = [await volumeAt(), await cpuAt()];
      return volume !== undefined && cpu !== undefined && Date.parse(cpu) - Date.parse(volume) > 3_000 && volume;
    });
    const beats = new Set<string>();
    await until('some beats', async () => {
      const at = await cpuAt();
      if (at !== undefined) beats.add(at);
      return beats.size >= BEATS;
    });
    const times = [...beats].map((at) => Date.parse(at));
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3_000);
    expect(await volumeAt()).toBe(last);
  });

  it('does not keep the agent from ending when it is told to', async () => {
    const from = performance.now();
    await agent.kill('SIGTERM');
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});
