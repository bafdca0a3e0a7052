import { describe, expect, it } from 'vitest';

import { aDevice } from '../../fixture.ts';
import { absenceRule, ruleBookAt } from '../rule-book.ts';
import { watchingOf } from './watching.ts';

const book = ruleBookAt({ divisor: 1 });
const smart = book.byId.get('smart.failed');
type Able = Parameters<typeof watchingOf>[1][number];

const blind = (device: string, detail = 'smartctl is not installed', fix?: string): Able => ({
  device,
  collectors: [{ id: 'smart', ok: false, reason: { code: 'tool_missing', detail, ...(fix !== undefined && { fix }) } }],
});
const well = (device: string): Able => ({ device, collectors: [{ id: 'smart', ok: true, source: 'smartctl' }] });

const devices = Array.from({ length: 4 }, (_, index) => aDevice({ id: `d_${index}`, publicKey: `${index}` }));

describe('a rule', () => {
  it('is watched where the agent can read what it looks at, and says why elsewhere, the most frequent first', () => {
    const fix = 'install it';
    const able = [
      blind('d_3', 'no permission'),
      blind('d_0', undefined, fix),
      well('d_1'),
      blind('d_2', undefined, fix),
    ];
    expect(watchingOf(devices, able, () => smart)).toEqual({
      devices: 4,
      notWatching: [
        { why: 'smartctl is not installed', fix: 'install it', devices: 2 },
        { why: 'no permission', fix: null, devices: 1 },
      ],
    });
  });

  it('is nothing to devices that it is not for, that nobody knows the system of, or where it is switched off', () => {
    const kiosk = aDevice({ id: 'd_k', class: 'kiosk' });
    const unknown = aDevice({ id: 'd_u', os: 'unknown' });
    const ofServers = book.byId.get('backup.failed.server');
    expect(watchingOf([kiosk], [], () => ofServers).devices).toBe(0);
    expect(watchingOf([unknown, aDevice()], [], () => smart).devices).toBe(1);
    expect(watchingOf(devices, [], () => undefined)).toEqual({ devices: 0, notWatching: [] });
  });

  it('about silence needs nobody who reads', () => {
    const able = [blind('d_1')];
    expect(watchingOf([aDevice()], able, () => absenceRule(book))).toEqual({ devices: 1, notWatching: [] });
  });

  it('about what the system of a device does not tell is not watched there, as soon as its agent is known', () => {
    const linux = aDevice({ id: 'd_l' });
    const able = [well('d_l'), well('d_w')];
    const raid = book.byId.get('raid.degraded');
    const found = watchingOf([linux, aDevice({ id: 'd_w', os: 'windows' })], able, () => raid);
    const why = 'fettle.raid.state is not read on Windows';
    expect(found).toEqual({ devices: 2, notWatching: [{ why, fix: null, devices: 1 }] });
    expect(watchingOf([aDevice({ id: 'd_w', os: 'windows' })], [], () => raid).notWatching).toEqual([]);
  });

  it('names twenty reasons at most', () => {
    const many = Array.from({ length: 25 }, (_, index) => aDevice({ id: `d_${index}` }));
    const able = many.map(({ id }) => blind(id, id));
    expect(watchingOf(many, able, () => smart).notWatching).toHaveLength(20);
  });
});
