// What the installer reads of a package: what it is, what it may be installed on, and what runs before and after.
import { xml } from './xml.ts';

export const IDENTIFIER = 'com.fettle.agent';
/** The package inside, of which the outer one is made. */
export const COMPONENT = 'fettle-agent.pkg';

/** What Node is built for: LC_BUILD_VERSION of its binary, which the test reads. */
export const MACOS_MINIMUM = '13.5';

export type About = {
  readonly version: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly files: number;
  readonly sizeBytes: number;
};

const KIB = 1024;
const HEAD = '<?xml version="1.0" encoding="utf-8"?>\n';

/** Elements and attributes: `man pkgbuild`, and what its packages hold. */
export const packageInfo = ({ version, files, sizeBytes }: About): string =>
  `${HEAD}<pkg-info format-version="2" identifier="${IDENTIFIER}" version="${xml(version)}" install-location="/" ` +
  'auth="root" overwrite-permissions="true" relocatable="false" postinstall-action="none">\n' +
  `  <payload numberOfFiles="${files}" installKBytes="${Math.ceil(sizeBytes / KIB)}"/>\n` +
  '  <scripts>\n    <preinstall file="./preinstall"/>\n    <postinstall file="./postinstall"/>\n  </scripts>\n' +
  '</pkg-info>\n';

/** Apple's Distribution XML Reference. For the disk that runs, or one that is prepared; without questions. */
export const distribution = ({ version, architecture, sizeBytes }: About): string =>
  `${HEAD}<installer-gui-script minSpecVersion="2">\n` +
  `  <title>Fettle agent ${xml(version)}</title>\n` +
  `  <options customize="never" require-scripts="false" rootVolumeOnly="true" hostArchitectures="${architecture}"/>\n` +
  '  <domains enable_anywhere="false" enable_currentUserHome="false" enable_localSystem="true"/>\n' +
  `  <volume-check>\n    <allowed-os-versions>\n      <os-version min="${MACOS_MINIMUM}"/>\n` +
  '    </allowed-os-versions>\n  </volume-check>\n' +
  `  <choices-outline>\n    <line choice="${IDENTIFIER}"/>\n  </choices-outline>\n` +
  `  <choice id="${IDENTIFIER}" title="Fettle agent" visible="false">\n    <pkg-ref id="${IDENTIFIER}"/>\n  </choice>\n` +
  `  <pkg-ref id="${IDENTIFIER}" version="${xml(version)}" onConclusion="none" ` +
  `installKBytes="${Math.ceil(sizeBytes / KIB)}">#${COMPONENT}</pkg-ref>\n` +
  '</installer-gui-script>\n';
