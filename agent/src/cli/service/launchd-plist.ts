// The property list of the agent's daemon, as launchd takes it: launchd.plist(5).
import { join } from 'node:path';

export const LABEL = 'com.fettle.agent';
export const PLIST = `/Library/LaunchDaemons/${LABEL}.plist`;
/** Where the package lays the agent, and what its plist names. */
const PACKAGE_FOLDER = '/opt/fettle';

/** Of an installation in this folder. */
export const plistIn = (folder: string): string => join(folder, 'launchd', `${LABEL}.plist`);

/** @param template of the package; @param configFile absolute, in place of the usual one */
export const plistFor = (template: string, folder: string, configFile: string | undefined): string => {
  const placed = template.replaceAll(`<string>${PACKAGE_FOLDER}/`, () => `<string>${xml(folder)}/`);
  if (configFile === undefined) return placed;
  const words = `      <string>run</string>\n      <string>--config</string>\n      <string>${xml(configFile)}</string>\n`;
  return placed.replace('      <string>run</string>\n', () => words);
};

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const xml = (text: string): string => text.replaceAll(/[&<>]/g, (sign) => NAMED[sign] ?? sign);
