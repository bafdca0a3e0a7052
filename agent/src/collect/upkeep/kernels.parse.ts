// Is a newer kernel installed than the one that runs? Of one flavour only: a cloud kernel is no newer desktop kernel.
import { compareVersions } from './version.ts';

/**
 * @param running `uname -r`
 * @param installed releases whose image is there
 * @returns the kernel that a reboot would bring, where that is another than the one that runs
 */
export const awaitedKernel = (running: string, installed: readonly string[]): string | undefined => {
  const flavour = flavourOf(running);
  const alike = installed.filter((release) => flavourOf(release) === flavour);
  const newest = alike.toSorted(compareVersions).at(-1);
  if (newest === undefined || newest === running) return undefined;
  const isGone = !alike.includes(running);
  return isGone || compareVersions(newest, running) > 0 ? newest : undefined;
};

/**
 * What is not a version in a release: "-amd64", "-cloud-amd64", "-generic", "-default", "+debug"; "" of RHEL's plain kernel.
 * Digits in it do not count: arch1 is followed by arch2. "+deb13", "+bpo" and the like in the middle belong to the version.
 */
const flavourOf = (release: string): string =>
  (release.match(/-[A-Za-z][A-Za-z0-9_.]*|\+[A-Za-z0-9_.]+$/g) ?? []).join('').replaceAll(/\d+/g, '#');
