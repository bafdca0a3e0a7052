// What the installer does, as the text that wixl reads: one component a file, the service, the registry, what it was told.
import type { Entry } from '../tree.ts';
import { idOf } from './uuid.ts';

/** Of every version; with another one two versions would stand beside each other. */
export const UPGRADE_CODE = '{401796EB-0450-448A-8712-07D7C920B830}';
const SERVICE = 'FettleAgent';
const HOST = 'fettle-agent.exe';
const KEY = 'Software\\Fettle\\Agent';
const EVENT_SOURCE = `SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\${SERVICE}`;
/** Its texts are "%1", for the ids 1 to 1000. */
const MESSAGE_FILE = '[System64Folder]EventCreate.exe';

/** What an administrator may say on the command line, and where it is kept. The token alone is not remembered. */
export const properties = [
  { name: 'SERVERURL', value: 'ServerUrl' },
  { name: 'TAGS', value: 'Tags' },
  { name: 'PROXY', value: 'Proxy' },
  { name: 'CACERT', value: 'CaCert' },
  { name: 'GOLDENIMAGE', value: 'GoldenImage' },
] as const;
export const TOKEN = 'ENROLLTOKEN';
/** The row of the table Registry that the token is written by. */
export const TOKEN_ROW = 'ValueToken';

export const productCodeOf = (version: string): string => idOf(UPGRADE_CODE, `product ${version}`);

export const wxsOf = (version: string, entries: readonly Entry[], folder: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="${productCodeOf(version)}" UpgradeCode="${UPGRADE_CODE}" Name="Fettle agent" Version="${version}" Manufacturer="Fettle" Language="1033">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine" Description="Fettle agent ${version}" Comments="Apache-2.0"/>
    <MajorUpgrade DowngradeErrorMessage="A newer version of the Fettle agent is installed. Remove it first, or install that version."/>
    <Media Id="1" Cabinet="agent.cab" EmbedCab="yes"/>
    <Property Id="ARPNOMODIFY" Value="1"/>
    <Property Id="MsiHiddenProperties" Value="${TOKEN}"/>
    <Property Id="MSIRESTARTMANAGERCONTROL" Value="Disable"/>
    <Condition Message="The Fettle agent needs 64-bit Windows 10, Windows Server 2016 or newer.">VersionNT64</Condition>
    <Condition Message="SERVERURL must begin with https:// or http://, such as https://fettle.example.">${URL_IS_RIGHT}</Condition>
${properties.map(remembered).join('\n')}
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="Fettle Agent">
${insideOf(treeOf(entries), '', folder)}
${registry(version)}
        </Directory>
      </Directory>
    </Directory>
    <Feature Id="Agent" Level="1">
${[...entries.map(({ path }) => componentId(path)), 'Registry'].map((id) => `      <ComponentRef Id="${id}"/>`).join('\n')}
    </Feature>
    <InstallExecuteSequence>
${properties.map(takenBack).join('\n')}
    </InstallExecuteSequence>
  </Product>
</Wix>
`;

const URL_IS_RIGHT = escape('Installed OR NOT SERVERURL OR SERVERURL ~<< "https://" OR SERVERURL ~<< "http://"');

/** What is said now goes before what was said then. */
const remembered = ({ name, value }: (typeof properties)[number]): string =>
  `    <Property Id="REMEMBERED${name}"><RegistrySearch Id="Search${name}" Root="HKLM" Key="${KEY}" Name="${value}" Type="raw" Win64="yes"/></Property>
    <CustomAction Id="Remember${name}" Property="${name}" Value="[REMEMBERED${name}]"/>`;

/** After AppSearch (50), before LaunchConditions (100). */
const takenBack = ({ name }: (typeof properties)[number], index: number): string =>
  `      <Custom Action="Remember${name}" Sequence="${51 + index}">NOT ${name} AND REMEMBERED${name}</Custom>`;

/** Values are data of the registry: what they hold is never read as words of a command. */
const registry = (version: string): string => {
  const values = [
    [KEY, 'Version', version],
    [KEY, 'InstallDir', '[INSTALLDIR]'],
    ...properties.map(({ name, value }) => [KEY, value, `[${name}]`]),
    [`${KEY}\\Enrolment`, 'Token', `[${TOKEN}]`],
    [EVENT_SOURCE, 'EventMessageFile', MESSAGE_FILE],
  ];
  const lines = values.map(
    ([key, name = '', value], index) =>
      `            <RegistryValue Id="Value${name}" Root="HKLM" Key="${key}" Name="${name}" Type="string" Value="${value}"${index === 0 ? ' KeyPath="yes"' : ''}/>`,
  );
  return `          <Component Id="Registry" Guid="${componentGuid('registry')}" Win64="yes">
${lines.join('\n')}
            <RegistryValue Root="HKLM" Key="${EVENT_SOURCE}" Name="TypesSupported" Type="integer" Value="7"/>
          </Component>`;
};

type Tree = { readonly files: Entry[]; readonly folders: Map<string, Tree> };

const treeOf = (entries: readonly Entry[]): Tree => {
  const top: Tree = { files: [], folders: new Map() };
  for (const entry of entries) {
    let at = top;
    for (const name of entry.path.split('/').slice(0, -1)) {
      const next = at.folders.get(name) ?? { files: [], folders: new Map() };
      at.folders.set(name, next);
      at = next;
    }
    at.files.push(entry);
  }
  return top;
};

const insideOf = ({ files, folders }: Tree, path: string, source: string): string =>
  [
    ...files.map((entry) => component(entry.path, source)),
    ...[...folders].map(([name, tree]) => {
      const place = `${path}${name}/`;
      return `<Directory Id="${idFor('Folder', place)}" Name="${escape(name)}">\n${insideOf(tree, place, source)}\n</Directory>`;
    }),
  ].join('\n');

const component = (path: string, source: string): string =>
  `<Component Id="${componentId(path)}" Guid="${componentGuid(path)}" Win64="yes"><File Id="${idFor('File', path)}" Source="${escape(`${source}/${path}`)}" KeyPath="yes"/>${path === HOST ? SERVICE_PARTS : ''}</Component>`;

const SERVICE_PARTS = `
  <ServiceInstall Id="Service" Name="${SERVICE}" DisplayName="Fettle agent" Description="Watches this machine's health and tells the Fettle server of your organisation." Type="ownProcess" Start="auto" ErrorControl="normal" Account="LocalSystem" Arguments="--service" Vital="yes"/>
  <ServiceControl Id="Service" Name="${SERVICE}" Start="install" Stop="both" Remove="uninstall" Wait="yes"/>
`;

const componentId = (path: string): string => idFor('Component', path);
const componentGuid = (path: string): string => idOf(UPGRADE_CODE, `component ${path}`);
/** Names in the tables may have no slashes and dashes. */
const idFor = (kind: string, path: string): string => `${kind}_${path.replaceAll(/[^\w.]/g, '_')}`;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
