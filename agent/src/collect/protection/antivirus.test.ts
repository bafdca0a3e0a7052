// Virus scanners that are installed, and those of them that run.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { writeTree } from '../fixture.ts';
import { PlainMachine, codes, facts, recorded, values } from './fixture.ts';

const HEALTH = recorded('mdatp/on/health.json');

let machine: PlainMachine;
beforeEach(() => {
  machine = new PlainMachine();
});
afterEach(() => machine.remove());

describe('antivirus', () => {
  const runs = (pid: number, path: string): void => {
    mkdirSync(join(machine.root, `proc/${pid}`), { recursive: true });
    symlinkSync(path, join(machine.root, `proc/${pid}/exe`));
  };

  it('none installed is no "off", but a fact', async () => {
    const reading = await machine.read();
    expect(Object.keys(values(reading))).toEqual(['encryption']);
    expect(facts(reading)['Antivirus']).toBe('none that is known is installed');
  });

  it('installed and running is on, installed alone is off', async () => {
    writeTree(machine.root, {
      'usr/sbin/clamd': '',
      'opt/CrowdStrike/falcon-sensor': '',
      'opt/eset/efs/sbin/startd': '',
    });
    runs(7, '/usr/bin/bash');
    runs(8, '/opt/CrowdStrike/falcon-sensor-bpf');
    runs(9, '/opt/eset-other/x');
    const reading = await machine.read();
    expect(values(reading)).toMatchObject({
      'antivirus ClamAV': 0,
      'antivirus CrowdStrike Falcon': 1,
      'antivirus ESET': 0,
    });
    expect(facts(reading)).toMatchObject({ ClamAV: 'off', 'CrowdStrike Falcon': 'on' });
  });

  it('that was updated while it runs is on', async () => {
    writeTree(machine.root, { 'usr/sbin/clamd': '' });
    runs(8, '/usr/sbin/clamd (deleted)');
    expect(values(await machine.read())).toMatchObject({ 'antivirus ClamAV': 1 });
  });

  it('what runs may not be read: not known, instead of off', async () => {
    writeTree(machine.root, { 'usr/sbin/clamd': '' });
    runs(8, '/usr/bin/bash');
    const readLink = () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    const reading = await machine.read({ readLink });
    expect(Object.keys(values(reading))).toEqual(['encryption']);
    expect(codes(reading)).toEqual(['permission', 'tool_missing']);
    expect(facts(reading)).not.toHaveProperty('Antivirus');
  });

  it('Defender is asked itself', async () => {
    machine.prints('usr/bin/mdatp', HEALTH);
    expect(values(await machine.read())).toMatchObject({ 'antivirus Microsoft Defender': 1 });
    machine.prints('usr/bin/mdatp', 'could not connect to the daemon');
    const reading = await machine.read();
    expect([Object.keys(values(reading)), codes(reading)]).toEqual([['encryption'], ['parse_error', 'tool_missing']]);
  });
});
