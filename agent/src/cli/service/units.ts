// The units of systemd as text: those of the package, written for another folder.

export const [AGENT, SMART, SMART_TIMER] = [
  'fettle-agent.service',
  'fettle-smart.service',
  'fettle-smart.timer',
] as const;

/** Where .deb and .rpm put the host, Node and the bundle; the units say so too. */
export const PACKAGE_FOLDER = '/usr/lib/fettle-agent';

/** What stands in unit files for itself: no spaces, no "%" and no quotes. */
const PLAIN_PATH = /^\/[\w.@+/-]{1,200}$/;
/** What the unit does not let its process see. */
const HIDDEN = /^\/(?:home|root|run\/user|tmp|var\/tmp)(?:\/|$)/;

/** @returns why a service cannot run from there */
export const folderProblem = (folder: string): string | undefined => {
  if (HIDDEN.test(folder)) return `${folder} is hidden from services: move it to /opt, for example`;
  return PLAIN_PATH.test(folder)
    ? undefined
    : `${folder} has characters that a unit file cannot have in a path: rename it`;
};

export const unitFor = (unit: string, folder: string): string => unit.replaceAll(`${PACKAGE_FOLDER}/`, `${folder}/`);

/** A drop-in for another configuration than that of /etc/fettle. */
export const configUnit = (path: string): string =>
  `[Service]\nEnvironment="FETTLE_CONFIG=${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"\n`;
