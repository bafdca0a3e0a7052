// What is asked of systemd, held against systemd's own description of itself and against the bus policy that it ships for
// those who are not root. The program only prints: nothing is booted.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { missing } from '../../../../test/support/needs.ts';

const SYSTEMD = '/lib/systemd/systemd';
const POLICY = '/usr/share/dbus-1/system.d/org.freedesktop.systemd1.conf';
const { skip, why } = missing({
  isMet: existsSync(SYSTEMD) && existsSync(POLICY),
  reason: 'needs the systemd package',
});

const described = (name: string): string =>
  execFileSync(SYSTEMD, [`--bus-introspect=org.freedesktop.systemd1.${name}`], { encoding: 'utf8', timeout: 10_000 });
/** From the opening tag of what is so named to its closing tag. */
const partOf = (text: string, kind: string, name: string): string =>
  new RegExp(`<${kind} name="${name}".*?</${kind}>`, 's').exec(text)?.[0] ?? '';
const typesIn = (text: string): readonly (string | undefined)[] =>
  [...text.matchAll(/<arg type="([^"]*)"/g)].map(([, type]) => type);

describe.skipIf(skip)(`systemd itself${why}`, () => {
  it.each<[string, string, readonly string[]]>([
    ['method', 'Subscribe', []],
    ['method', 'ListUnitsByPatterns', ['as', 'as', 'a(ssssssouso)']],
    ['method', 'ListUnitsByNames', ['as', 'a(ssssssouso)']],
    ['method', 'ListUnitFilesByPatterns', ['as', 'as', 'a(ss)']],
    ['signal', 'UnitFilesChanged', []],
    ['signal', 'Reloading', ['b']],
  ])('has the %s %s of the manager with %j', (kind, name, types) => {
    const part = partOf(described('Manager'), kind, name);
    expect(part).not.toBe('');
    expect(typesIn(part)).toEqual(types);
  });

  it.each([
    ['Unit', 'ActiveState', 's', true],
    ['Unit', 'SubState', 's', true],
    ['Unit', 'StateChangeTimestampMonotonic', 't', true],
    ['Unit', 'ConditionTimestampMonotonic', 't', true],
    ['Unit', 'ConditionResult', 'b', true],
    ['Unit', 'UnitFileState', 's', false],
    ['Unit', 'WantedBy', 'as', false],
    ['Unit', 'RequiredBy', 'as', false],
    ['Unit', 'TriggeredBy', 'as', false],
    ['Service', 'Type', 's', false],
    ['Service', 'RemainAfterExit', 'b', false],
    ['Service', 'NRestarts', 'u', true],
  ])('has the property %s.%s of type %s; a change of it is told: %s', (of, name, type, isTold) => {
    const part = partOf(described(of), 'property', name);
    expect(part).toContain(`type="${type}"`);
    expect(!/EmitsChangedSignal" value="(const|false)"/.test(part)).toBe(isTold);
  });

  it.each(['Get', 'Subscribe', 'ListUnitsByPatterns', 'ListUnitsByNames', 'ListUnitFilesByPatterns'])(
    'lets everybody call %s',
    (member) => {
      const everybody = partOf(
        readFileSync(POLICY, 'utf8').replaceAll('context="default"', 'name="all"'),
        'policy',
        'all',
      );
      expect(everybody).toContain(`send_member="${member}"/>`);
    },
  );
});
