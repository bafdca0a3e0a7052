// How long this system will still get security updates.
import { DAY_MS } from '@fettle/shared/time';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, type Reading, type Section, UnavailableError, available, unavailable } from '../collector.ts';
import { fact } from '../facts.ts';
import { isoInstant } from '../instant.parse.ts';
import { slowOnes } from '../slow.ts';
import type { OsRelease } from './os-release.parse.ts';
import { OS_RELEASE_PATHS, readOsRelease } from './os-release.ts';
import { type Support, supportOf } from './os-support.ts';

export const support = (): Collector<ChildHost> => ({
  ...slowOnes.support,
  probe: async (host) =>
    (await readOsRelease(host)).size > 0
      ? available('os-release')
      : unavailable('not_on_this_os', `there is no ${OS_RELEASE_PATHS[0]}: the system does not say what it is`),
  collect: async (host) => readingOf(await readOsRelease(host), host.wallMs()),
});

const readingOf = (release: OsRelease, nowMs: number): Reading => {
  const known = supportOf(release);
  const startOfLastDay = known && isoInstant(`${known.until}T00:00`);
  if (known === undefined || startOfLastDay === undefined) {
    throw new UnavailableError({
      code: 'not_on_this_os',
      detail: `no date is known for ${nameOf(release)}`,
      fix: 'newer versions of the agent know of newer systems',
    });
  }
  const remainingS = (startOfLastDay + DAY_MS - nowMs) / 1000;
  return {
    samples: [{ metric: 'fettle.os.support.remaining', attributes: {}, value: remainingS }],
    sections: [sectionOf(release, known)],
  };
};

const sectionOf = (release: OsRelease, { until, fullUntil }: Support): Section => ({
  id: 'support',
  title: 'Support of the system',
  facts: [
    ...fact('System', nameOf(release)),
    ...fact('Full support until', fullUntil),
    ...fact('Security updates until', until),
  ],
});

const nameOf = (release: OsRelease): string =>
  release.get('PRETTY_NAME') ??
  ([release.get('NAME'), release.get('VERSION_ID')].filter((part) => part !== undefined).join(' ') ||
    'a system without a name');
