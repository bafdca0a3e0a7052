// Which jobs do the words of a command line mean?
import { MissingError } from '../debian/missing-error.ts';
import type { Job } from './job.ts';

/** No word: all. A word is a target ("linux-x64") or a job's name ("agent-deb"); of each kind one of the given ones must fit. @throws MissingError */
export const chooseJobs = (jobs: readonly Job[], words: readonly string[]): readonly Job[] => {
  const known = { targets: new Set(jobs.map(targetOf)), names: new Set(jobs.map(({ name }) => name)) };
  const strange = words.find((word) => !known.targets.has(word) && !known.names.has(word));
  if (strange !== undefined) {
    throw new MissingError(
      `There is no "${strange}". Targets: ${[...known.targets].join(', ')}; packages: ${[...known.names].join(', ')}`,
    );
  }
  const [targets, names] = [
    words.filter((word) => known.targets.has(word)),
    words.filter((word) => known.names.has(word)),
  ];
  return jobs.filter((job) => fits(targets, targetOf(job)) && fits(names, job.name));
};

const fits = (wanted: readonly string[], word: string): boolean => wanted.length === 0 || wanted.includes(word);

const targetOf = ({ target }: Job): string => target?.name ?? 'all';
