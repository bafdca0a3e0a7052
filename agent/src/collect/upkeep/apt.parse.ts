// `apt-get -s dist-upgrade`: what would be installed. The lines for programs are told in apt-get(8), --simulate:
// Inst NAME [INSTALLED] (CANDIDATE ORIGIN:VERSION/ARCHIVE, … [ARCHITECTURE]) …
import { PENDING_MAX, type Pending } from './pending.ts';

const INST = /^Inst (\S+) \[([^\]\s]+)\] \((\S+)(?: ([^()[\]]*))?(?:\[[^\]]*\])?\)/;
/** "Debian-Security:12/oldstable-security", "Ubuntu:24.04/noble-security", "UbuntuESMApps:22.04/jammy-apps-security". */
const SECURITY = /(?:^|,\s*)(?:Debian-Security:|[^,/]+\/[^,]*-security)/;

/**
 * Upgrades alone: what would be newly installed replaces nothing that is at risk. An update counts as one for security when
 * a security archive has this very version; a later one from elsewhere that holds the same mends does not say so.
 * @returns undefined where the simulation did not get to its end
 */
export const parseApt = (text: string): readonly Pending[] | undefined => {
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => /^\d+ upgraded, \d+ newly installed/.test(line))) return undefined;
  const found = new Map<string, Pending>();
  for (const line of lines) {
    const [, name, from, to, origins = ''] = INST.exec(line) ?? [];
    if (name === undefined || from === undefined || to === undefined) continue;
    found.set(name, { name, from, to, isSecurity: SECURITY.test(origins) });
    if (found.size >= PENDING_MAX) break;
  }
  return [...found.values()];
};
