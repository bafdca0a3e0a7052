// A machine is recorded, and another one answers as it did: the collectors must say the same of both.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { childHostAt, installProgram, memoryOf, writeTree } from '../../collect/fixture.ts';
import type { ChildHost } from '../../host/host.ts';
import { type Answer, type Recording, recordedHost } from '../../host/recording.ts';
import { writeOut } from '../archive/write-out.ts';
import { readPasses, recordMachine } from './record.ts';
import { type RecordedPass, recordingManifest } from './recording.schema.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-record-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = (name: string) => mkdtempSync(join(root, `${name}-`));

const SECRETS = {
  host: 'marvin-pc',
  user: 'alice',
  person: 'Alice Example',
  serial: 'WD-WX11A1234567',
  board: 'BOARD-998877',
  mac: 'a4bb6d123456',
  uuid: '1b4e28ba-2fa1-11d2-883f-0016d3cca427',
  address: '10.20.30.40',
  admin: 'bertha',
  password: 'geheim1',
} as const;

/** A machine with people, a disk, and secrets in its answers. */
const aMachine = (): ChildHost => {
  const folder = fresh('machine');
  const { user, person, admin, mac, uuid, serial, password, address, host, board } = SECRETS;
  writeTree(folder, {
    'etc/passwd': `root:x:0:0:root:/root:/bin/sh\n${user}:x:1000:1000:${person},,,:/home/${user}:/bin/sh\n`,
    'etc/group': `root:x:0:\nsudo:x:27:${user},${admin}\n`,
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',
    'proc/stat': 'cpu  1305 0 128 548 15 0 0 0 0 0\ncpu0 1305 0 128 548 15 0 0 0 0 0\n',
    'proc/meminfo': 'MemTotal: 1000 kB\nMemAvailable: 400 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    'proc/sys/kernel/osrelease': '6.1.0-test\n',
    'proc/net/dev': `a\nb\n  eth0: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\nenx${mac}: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n`,
    'proc/self/mountinfo': `36 35 8:1 / /media/${user}/${uuid} rw - ext4 /dev/sda1 rw\n`,
    'sys/class/dmi/id/board_serial': `${board}\n`,
  });
  const json = { serial_number: serial, smart_status: { passed: true }, device: { name: '/dev/sda', type: 'sat' } };
  installProgram(folder, 'usr/sbin/smartctl', `echo '${JSON.stringify(json)}'`);
  installProgram(folder, 'usr/bin/chronyc', `echo "506 ${host} password=${password} at ${address}"; exit 1`);
  installProgram(folder, 'usr/bin/getent', `echo 'sudo:x:27:${user},${admin}'`);
  return childHostAt(folder, { hostname: () => host, memory: memoryOf() });
};

const recordInto = async (machine: ChildHost) => {
  const { files } = await recordMachine({
    ...machine,
    inventory: () => Promise.resolve({ system: { serial: SECRETS.board } }),
  });
  const out = join(fresh('out'), 'recording');
  writeOut(out, files);
  return out;
};

const manifestOf = (folder: string) =>
  recordingManifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));

/** A machine that has nothing of its own, and remembers what the other one said. */
const replay = (folder: string, pass: RecordedPass, memory: ChildHost['memory']): ChildHost => {
  const text = ({ file }: { file: string }) => readFileSync(join(folder, file), 'utf8');
  const mapOf = <T, V>(answers: Readonly<Record<string, { value: T } | { error: object }>>, load: (value: T) => V) =>
    new Map(
      Object.entries(answers).map(([key, answer]) => [
        key,
        ('value' in answer ? { value: load(answer.value) } : answer) as Answer<V>,
      ]),
    );
  const same = <T>(value: T): T => value;
  const recording: Recording = {
    files: mapOf(pass.files, text),
    folders: mapOf(pass.folders, same),
    links: mapOf(pass.links, same),
    stats: mapOf(pass.stats, same),
    volumes: mapOf(pass.volumes, same),
    programs: mapOf(pass.programs, same),
    runs: mapOf(pass.runs, ({ code, stdout, stderr }) => ({ code, stdout: text(stdout), stderr: text(stderr) })),
    inventory: mapOf(pass.inventory, text),
    kernelLog: mapOf(pass.kernelLog, same),
    names: mapOf(pass.names, same),
    numbers: mapOf(pass.numbers, same),
    cpus: mapOf(pass.cpus, same),
  };
  const empty = fresh('empty');
  mkdirSync(join(empty, 'proc'));
  return recordedHost(childHostAt(empty, { memory, hostname: () => 'other' }), recording);
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile());

const textOf = (value: unknown): string => JSON.stringify(value) ?? '';

/** Lists that are sorted by name are sorted otherwise by another name. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map(unordered).toSorted((one, other) => (textOf(one) < textOf(other) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, part]) => [key, unordered(part)]),
  );
};

const replayed = async (out: string) => {
  const { passes, readings } = manifestOf(out);
  const memory = memoryOf();
  const hosts = passes.map((pass) => replay(out, pass, memory));
  const again = await readPasses(hosts, passes, () => Promise.resolve());
  return { readings, again: JSON.parse(JSON.stringify(again)) as unknown };
};

describe('a recording', () => {
  let out: string;
  beforeAll(async () => {
    out = await recordInto(aMachine());
  }, 30_000);

  it('holds none of what was planted, neither in texts nor in names of files', () => {
    const everything = filesIn(out)
      .map((path) => `${path}\n${readFileSync(join(out, path), 'utf8')}`)
      .join('\n');
    for (const secret of Object.values(SECRETS)) expect(everything.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(everything).toContain('cpu  1305 0 128'); // and the rest is there
    expect(manifestOf(out)).toMatchObject({ os: 'linux', kernel: '6.1.0-test' });
  });

  it('makes the collectors say the same again', async () => {
    const { readings, again } = await replayed(out);
    expect(unordered(again)).toEqual(unordered(readings));
    const withSamples = readings.filter(({ said }) => JSON.stringify(said).includes('"metric"'));
    expect(withSamples.map(({ collector }) => collector)).toEqual(expect.arrayContaining(['memory', 'network']));
  });

  it('of this very machine does so too', async () => {
    const { readings, again } = await replayed(await recordInto(childHostAt('', { memory: memoryOf() })));
    expect(unordered(again)).toEqual(unordered(readings));
  }, 60_000);

  it('is not written over what is there', () => {
    expect(existsSync(out)).toBe(true);
    expect(() => writeOut(out, [])).toThrow(/--out: EEXIST/);
  });
});
