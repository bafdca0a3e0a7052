import { describe, expect, it } from 'vitest';

import { chooseJobs } from './choose-jobs.ts';
import { type Job, nameOf } from './job.ts';
import { linuxTargets, windowsTarget } from './targets.ts';

const job = (name: string, target: Job['target']): Job => ({
  name,
  target,
  needs: [],
  make: () => Promise.reject(new Error('is not made here')),
});
const jobs = [
  job('sbom', undefined),
  ...linuxTargets.flatMap((target) => [job('agent-deb', target), job('agent-rpm', target)]),
  job('agent-msi', windowsTarget),
];
const chosen = (...words: string[]) => chooseJobs(jobs, words).map(nameOf);

describe('which packages a command line means', () => {
  it('all without a word', () => {
    expect(chosen()).toHaveLength(jobs.length);
  });

  it.each([
    [['linux-arm64'], ['agent-deb linux-arm64', 'agent-rpm linux-arm64']],
    [['agent-deb'], ['agent-deb linux-x64', 'agent-deb linux-arm64']],
    [['linux-x64', 'agent-rpm'], ['agent-rpm linux-x64']],
    [
      ['agent-msi', 'sbom'],
      ['sbom', 'agent-msi win32-x64'],
    ],
    [['all'], ['sbom']],
  ])('%j', (words, names) => {
    expect(chosen(...words)).toStrictEqual(names);
  });

  it('says what there is when a word means nothing', () => {
    expect(() => chosen('linux-x46')).toThrow(/no "linux-x46".*linux-x64.*agent-msi/);
  });
});
