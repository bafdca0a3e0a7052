// The exact commands that put an agent on a machine and enrol it, per system. Pure.
import { cmdWord, msiProperty, powerShellWord, shWord } from './quoting.ts';

export const systems = ['debian', 'rpm', 'windows', 'macos', 'source'] as const;
export type System = (typeof systems)[number];

export const systemNames: Readonly<Record<System, string>> = {
  debian: 'Debian, Ubuntu',
  rpm: 'RPM',
  windows: 'Windows',
  macos: 'macOS',
  source: 'From source',
};

export type Asked = {
  /** Where agents reach the server: an origin. */
  readonly server: string;
  readonly token: string;
  /** Of the packages, as the server's own. */
  readonly version: string;
};

export type Block = {
  /** Where it is typed, and for which machines. */
  readonly where: string;
  readonly lines: readonly string[];
};

/** @returns no block for a shell that cannot be given one of the words */
export const blocksFor = (system: System, asked: Asked): readonly Block[] =>
  builders[system](asked).filter((block): block is Block => block !== undefined);

type Words = { readonly server: string; readonly token: string };

/** The token comes by standard input: the words of a command can be read by every user of the machine. */
const enrolled = (asked: Asked, where: string, linesFor: (words: Words) => readonly string[]): Block | undefined => {
  const [server, token] = [shWord(asked.server), shWord(asked.token)];
  return server === undefined || token === undefined ? undefined : { where, lines: linesFor({ server, token }) };
};

const linux = (asked: Asked, where: string, install: string): Block | undefined =>
  enrolled(asked, where, ({ server, token }) => [
    install,
    `printf %s ${token} | sudo fettle-agent enroll --server ${server} --token -`,
    'sudo systemctl restart fettle-agent',
  ]);

const mac = (asked: Asked, where: string, arch: string): Block | undefined =>
  enrolled(asked, where, ({ server, token }) => [
    `sudo installer -pkg ./fettle-agent-${asked.version}-${arch}.pkg -target /`,
    `printf %s ${token} | sudo fettle-agent enroll --server ${server} --token -`,
    'sudo fettle-agent service start',
  ]);

const windows = ({ server, token, version }: Asked): readonly (Block | undefined)[] => {
  const file = `fettle-agent-${version}-x64.msi`;
  const properties = [msiProperty('SERVERURL', server), msiProperty('ENROLLTOKEN', token)];
  const words = powerShellWord(`/i "${file}" /qn ${properties.join(' ')}`);
  const isPlain = [server, token].every((word) => cmdWord(word) !== undefined);
  return [
    words === undefined
      ? undefined
      : { where: 'PowerShell, as administrator', lines: [`Start-Process msiexec.exe -Wait -ArgumentList ${words}`] },
    isPlain
      ? {
          where: 'Command prompt, as administrator',
          lines: [`start /wait msiexec /i "${file}" /qn ${properties.join(' ')}`],
        }
      : undefined,
  ];
};

const builders: Readonly<Record<System, (asked: Asked) => readonly (Block | undefined)[]>> = {
  debian: (asked) =>
    ['amd64', 'arm64'].map((arch) =>
      linux(asked, arch, `sudo apt-get install -y ./fettle-agent_${asked.version}_${arch}.deb`),
    ),
  rpm: (asked) =>
    ['x86_64', 'aarch64'].map((arch) =>
      linux(asked, arch, `sudo dnf install -y ./fettle-agent-${asked.version}-1.${arch}.rpm`),
    ),
  windows,
  macos: (asked) => [mac(asked, 'Apple silicon', 'macos-arm64'), mac(asked, 'Intel', 'macos-x64')],
  source: (asked) => [
    enrolled(asked, 'In a checkout, with Node 18 or newer', ({ server, token }) => [
      `printf %s ${token} | npm run agent -- enroll --server ${server} --token -`,
      'npm run agent -- run',
    ]),
  ],
};
