// Where a setting comes from, and what is said of one that cannot be used. The folder of Windows can be put anywhere.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { ConfigError, NOTHING_DECLARED, loadConfig } from './config.ts';
import { settings } from './settings.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Files = { readonly agent?: string; readonly managed?: string };

/** A machine with these files. */
const aMachine = ({ agent, managed }: Files = {}) => {
  const programData = mkdtempSync(join(root, 'machine-'));
  const at = (name: string) => join(programData, 'Fettle', name);
  mkdirSync(join(programData, 'Fettle'));
  if (agent !== undefined) writeFileSync(at('agent.toml'), agent);
  if (managed !== undefined) writeFileSync(at('managed.toml'), managed);
  const load = (flags: Record<string, string> = {}, env: Record<string, string> = {}) =>
    loadConfig({ flags, env: { ProgramData: programData, ...env }, platform: 'win32' });
  return { at, load };
};

const problemOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('it was taken');
};

describe('the sources of a setting', () => {
  const toml = (level: string) => `[log]\nlevel = "${level}"\n`;

  it('flag before environment before managed policy before file before default', () => {
    const { at, load } = aMachine({ agent: toml('warn'), managed: toml('error') });
    const levelOf = ({ config, origins }: ReturnType<typeof load>) => [config['log.level'], origins['log.level']];
    const env = { FETTLE_LOG_LEVEL: 'debug' };
    expect(levelOf(load({ 'log-level': 'info' }, env))).toEqual(['info', 'flag --log-level']);
    expect(levelOf(load({}, env))).toEqual(['debug', 'environment FETTLE_LOG_LEVEL']);
    expect(levelOf(load())).toEqual(['error', `managed policy ${at('managed.toml')}`]);
    const unmanaged = aMachine({ agent: toml('warn') });
    expect(levelOf(unmanaged.load())).toEqual(['warn', `file ${unmanaged.at('agent.toml')}`]);
    expect(levelOf(aMachine().load())).toEqual(['info', 'default']);
  });

  it('each setting by itself: one file does not hide another', () => {
    const { load } = aMachine({ agent: 'class = "laptop"\n[log]\nlevel = "warn"\n', managed: toml('error') });
    expect(load({ server: 'https://fettle.example' }).config).toMatchObject({
      class: 'laptop',
      'log.level': 'error',
      'server.url': 'https://fettle.example',
    });
  });

  it.each([
    ['the flag', (path: string) => [{ config: path }, {}] as const],
    ['the environment', (path: string) => [{}, { FETTLE_CONFIG: path }] as const],
  ])('%s may name another file, which is read in place of the usual one', (_what, sourcesFor) => {
    const { at, load } = aMachine({ agent: 'class = "laptop"' });
    writeFileSync(at('other.toml'), toml('warn'));
    const { config } = load(...sourcesFor(at('other.toml')));
    expect(config).toMatchObject({ 'log.level': 'warn' });
    expect(config).not.toHaveProperty('class');
  });

  it('without anything there are a data folder and a level, and nothing else', () => {
    const { at, load } = aMachine();
    expect(load().config).toEqual({ data_dir: at('data'), 'log.level': 'info', tags: [], ...NOTHING_DECLARED });
  });

  it.each([
    ['linux', '/var/lib/fettle'],
    ['darwin', '/Library/Application Support/Fettle/data'],
    ['win32', 'C:\\ProgramData/Fettle/data'],
  ] as const)('%s keeps its data in %s', (platform, folder) => {
    const empty = join(root, 'empty.toml');
    writeFileSync(empty, '');
    expect(loadConfig({ flags: { config: empty }, env: {}, platform }).config.data_dir).toBe(folder);
  });

  it('every setting can be given by flag, environment and file', () => {
    const values: Readonly<Record<string, string>> = {
      'server.url': 'https://a.example:8443/',
      'server.ca_file': '/ca.pem',
      'enroll.token': 'secret',
      proxy: 'http://kim:secret@proxy.example:3128',
      'enroll.token_file': '/token',
      class: 'kiosk',
      tags: 'vip',
      data_dir: '/data',
      'log.level': 'error',
    };
    const by = (name: 'flag' | 'env') =>
      Object.fromEntries(
        settings.flatMap(({ key, [name]: at }) => (at === undefined ? [] : [[at, values[key] ?? '']])),
      );
    const { 'enroll.token': token, ...named } = values;
    const all = { ...named, tags: ['vip'], ...NOTHING_DECLARED };
    const file = Object.entries(values).map(([key, value]) => `${key} = "${value}"\n`);
    expect(aMachine().load(by('flag')).config).toEqual(all);
    expect(aMachine().load({}, by('env')).config).toEqual(all);
    expect(aMachine({ agent: file.join('') }).load().config).toEqual({ ...all, 'enroll.token': token });
  });

  describe('a configuration profile', () => {
    const path = '/Library/Managed Preferences/com.fettle.agent.plist';
    const empty = join(root, 'no-file.toml');
    writeFileSync(empty, '');
    const managedBy = (values: unknown, flags: Record<string, string> = {}) =>
      loadConfig({
        flags: { config: empty, ...flags },
        env: {},
        platform: 'darwin',
        managed: { path, json: typeof values === 'string' ? values : JSON.stringify(values) },
      });

    it('names settings as administrators of Macs expect, or as files do, and says what it is', () => {
      const ServerURL = 'https://fettle.example';
      const profile = {
        Tags: ['lab', 'floor-2'],
        ServerURL,
        EnrollToken: "a'b$(c)",
        Proxy: 'http://proxy.example:3128',
        'services.watch': ['com.apple.ftp'],
        PayloadUUID: '1-2',
        PayloadVersion: 1,
      };
      const { config, origins } = managedBy(profile, { 'log-level': 'warn' });
      expect(config).toMatchObject({
        'server.url': ServerURL,
        'enroll.token': "a'b$(c)",
        proxy: 'http://proxy.example:3128',
        tags: ['lab', 'floor-2'],
        'services.watch': ['com.apple.ftp'],
      });
      expect(origins).toMatchObject({ 'server.url': `managed policy ${path}`, 'log.level': 'flag --log-level' });
    });

    it('takes a section as a dictionary, too', () => {
      expect(managedBy({ log: { level: 'error' } }).config['log.level']).toBe('error');
    });

    it.each<[what: string, values: unknown, words: RegExp]>([
      ['with a name that nobody knows', { ServerUrl: 'https://a.example' }, /ServerUrl: there is no such setting/],
      ['with a number in place of a text', { ServerURL: 8 }, /server\.url: .*Expected: the server/],
      ['that is a list', ['ServerURL'], /is no dictionary: mend the profile/],
      ['that was cut off', '{"ServerURL":"http', /is no dictionary/],
    ])('%s is refused, and named', (_what, values, words) => {
      const problem = problemOf(() => managedBy(values));
      expect(problem).toContain(path);
      expect(problem).toMatch(words);
    });
  });

  it.each([
    ['a mark of the encoding and line ends of Windows', '\uFEFF[log]\r\nlevel = "warn"\r\n'],
    ['a dotted key', 'log.level = "warn"'],
    ['a comment', '# quiet\nlog = { level = "warn" } # so'],
  ])('a file with %s is read', (_what, agent) => {
    expect(aMachine({ agent }).load().config['log.level']).toBe('warn');
  });
});

describe('a setting that cannot be used', () => {
  it.each<[what: string, agent: string, words: RegExp]>([
    ['unknown', 'server.adress = "x"', /server\.adress: there is no such setting\. Settings: server\.url, /],
    ['of the wrong type', '[server]\nurl = 3', /server\.url: .*Expected: the server, such as https/],
    ['a list', 'class = ["laptop"]', /class: .*Expected: server, desktop/],
    ['a date', 'data_dir = 2026-01-01', /data_dir: /],
    ['not one of those that there are', 'log.level = "loud"', /log\.level: .*Expected: debug, info, warn or error/],
    ['empty', 'data_dir = ""', /data_dir: .*Expected: folder/],
    ['a section in place of a value', '[class]\nname = "laptop"', /class\.name: there is no such setting/],
    ['no TOML', '[log]\nlevel = \n', /is not TOML, line 2, column \d+: /],
    ['twice there', 'class = "laptop"\nclass = "kiosk"', /is not TOML, line 2, /],
  ])('%s is named with its file', (_what, agent, words) => {
    const { at, load } = aMachine({ agent });
    const problem = problemOf(() => load());
    expect(problem).toContain(at('agent.toml'));
    expect(problem).toMatch(words);
    expect(problem).not.toContain('\n');
  });

  it.each([
    'fettle',
    'fettle.example',
    'ftp://fettle.example',
    'https://',
    'https://fettle.example/path',
    'https://fettle.example?x',
    'https://fettle.example#x',
    'https://fettle example',
    'https://user:secret@fettle.example',
    'https://fettle.example:99999',
    'https://[::1',
  ])('"%s" is no address of a server', (server) => {
    expect(problemOf(() => aMachine().load({ server }))).toMatch(/^flag --server: server\.url: .*Expected: the server/);
  });

  it.each(['http://127.0.0.1:8080', 'https://fettle.example', 'https://fettle.example:8443/', 'http://[::1]:8080'])(
    '%s is one',
    (server) => {
      expect(aMachine().load({ server }).config['server.url']).toBe(server);
    },
  );

  it.each([
    ['environment FETTLE_CLASS: class:', {}, { FETTLE_CLASS: 'toaster' }],
    ['flag --class: class:', { class: 'toaster' }, { FETTLE_CLASS: 'laptop' }],
  ])('%s: the source that counts is named', (words, flags, env) => {
    expect(problemOf(() => aMachine({ agent: 'class = "kiosk"' }).load(flags, env))).toContain(words);
  });

  it('in the managed policy it is named as that', () => {
    const { at, load } = aMachine({ managed: 'class = 1' });
    expect(problemOf(() => load())).toContain(`managed policy ${at('managed.toml')}: class:`);
  });
});

describe('what only a file can say', () => {
  it('is taken whole', () => {
    const agent =
      '[services]\nwatch = ["nginx"]\n[[disk]]\ndevice = "/dev/sda"\ntype = "sat"\n[[disk]]\ndevice = "/dev/sdb"\nskip = true\n';
    const { config, origins } = aMachine({ agent }).load();
    expect(config['services.watch']).toEqual(['nginx']);
    expect(config.disk).toEqual([
      { device: '/dev/sda', type: 'sat' },
      { device: '/dev/sdb', skip: true },
    ]);
    expect(origins['disk']).toContain('agent.toml');
  });

  it.each<[what: string, agent: string, words: RegExp]>([
    [
      'an entry with an unknown key',
      '[[disk]]\ndevice = "/dev/sda"\n[[disk]]\nname = "x"',
      /disk: entry 2, device: .*Expected: \[\[disk\]\] sections/,
    ],
    ['an entry with a wrong value', '[[disk]]\ndevice = 3', /disk: entry 1, device: /],
    ['a section where a list is meant', '[disk]\ndevice = "/dev/sda"', /disk\.device: there is no such setting/],
    ['a list of the wrong things', '[services]\nwatch = [1]', /services\.watch: entry 1: /],
  ])('%s is named with its place', (_what, agent, words) => {
    expect(problemOf(() => aMachine({ agent }).load())).toMatch(words);
  });
});

describe('a file that cannot be read', () => {
  it('is a problem where it was asked for, and none where it is only usual', () => {
    const { at, load } = aMachine();
    expect(problemOf(() => load({ config: at('none.toml') }))).toMatch(/none\.toml cannot be read: ENOENT/);
    expect(() => load()).not.toThrow();
  });

  it.each(['agent.toml', 'managed.toml'])('%s is a problem where it is a folder', (name) => {
    const { at, load } = aMachine();
    mkdirSync(at(name));
    expect(problemOf(() => load())).toContain(`${at(name)} cannot be read: EISDIR`);
  });
});

describe('tags', () => {
  it('are a list in a file, and words with commas between in a flag or variable', () => {
    const { load } = aMachine({ agent: 'tags = ["vip", "floor:2"]' });
    expect(load().config.tags).toEqual(['vip', 'floor:2']);
    expect(load({}, { FETTLE_TAGS: ' shared,, vip ' }).config.tags).toEqual(['shared', 'vip']);
    expect(load({ tags: '' }).config.tags).toEqual([]);
  });

  it.each([
    ['capitals', { FETTLE_TAGS: 'vip,Shared' }],
    ['words that a shell would take', { FETTLE_TAGS: '$(reboot)' }],
    ['more than twenty', { FETTLE_TAGS: Array.from({ length: 21 }, (_, index) => `t${index}`).join(',') }],
  ])('of another kind are named: %s', (_what, env) => {
    expect(problemOf(() => aMachine().load({}, env))).toMatch(
      /tags.*environment FETTLE_TAGS|environment FETTLE_TAGS.*tags/,
    );
  });

  it('in a file are a list', () => {
    expect(problemOf(() => aMachine({ agent: 'tags = [1]' }).load())).toMatch(/tags: entry 1/);
  });
});
