// What kind of machine this is: as its firmware says, on trees like that of a real machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { deviceClassOf } from './device-class.ts';
import { hostAt } from './fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-class-'));
const dmi = join(root, 'sys/class/dmi/id');
mkdirSync(dmi, { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

const hostOn = (os: 'linux' | 'macos' | 'windows') => ({
  ...hostAt(root),
  os,
});

describe('the chassis that the firmware names', () => {
  it.each([
    ['3', 'desktop'],
    ['7', 'desktop'],
    ['35', 'desktop'],
    ['8', 'laptop'],
    ['9', 'laptop'],
    ['10', 'laptop'],
    ['14', 'laptop'],
    ['31', 'laptop'],
    ['17', 'server'],
    ['23', 'server'],
    ['28', 'server'],
  ])('%s is a %s, also on Linux', (type, expected) => {
    writeFileSync(join(dmi, 'chassis_type'), `${type}\n`);
    expect(deviceClassOf(hostOn('linux'))).toBe(expected);
  });

  it.each(['1', '2', '0', '99', '', 'laptop', '-9', '9.5', undefined])(
    '%j says nothing: the system decides',
    (type) => {
      rmSync(join(dmi, 'chassis_type'), { force: true });
      if (type !== undefined) writeFileSync(join(dmi, 'chassis_type'), type);
      expect([
        deviceClassOf(hostOn('linux')),
        deviceClassOf(hostOn('macos')),
        deviceClassOf(hostOn('windows')),
      ]).toEqual(['server', 'desktop', 'desktop']);
    },
  );
});
