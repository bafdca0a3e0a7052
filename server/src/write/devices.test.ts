import { DAY_MS, MINUTE_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { AgentEvent, WriterEvent } from '../domain/event.ts';
import { NOW, aDevice, aRecord, aTold, openWriter } from '../fixture.ts';

const open = () => {
  const stores = openWriter();
  const { fettle, writer } = stores;
  const commitAt = (nowMs: number, event: WriterEvent) => {
    const [result] = writer.commit([event], nowMs);
    if (!result) throw new Error('a result');
    return result;
  };
  const commit = (event: WriterEvent) => commitAt(NOW, event).outcome;
  const told = (event: WriterEvent) => commitAt(NOW, event).feed.map(({ kind, change }) => `${kind} ${change}`);
  const device = (id = 'd_1') => fettle.devices.get(id);
  return { ...stores, commit, commitAt, told, device };
};

const hello = (change: Partial<AgentEvent & { type: 'hello' }> = {}): WriterEvent => ({
  type: 'hello',
  device: 'd_1',
  hostname: 'srv-01',
  os: 'linux',
  class: 'server',
  agentVersion: '0.2.0',
  bootId: 'boot-2',
  clockOffsetMs: -3,
  ...change,
});

describe('an enrolment', () => {
  const token = (maxUses: number): WriterEvent => ({
    type: 'create enrol token',
    actor: SYSTEM,
    hash: 'token',
    site: 'office',
    expiresMs: NOW + DAY_MS,
    maxUses,
  });
  const enrol = (publicKey: string): WriterEvent => ({
    type: 'enrol',
    tokenHash: 'token',
    publicKey,
    hostname: 'pc-7',
    os: 'windows',
    class: 'desktop',
    agentVersion: '0.1.0',
  });

  it('has the tags that it came with, each once', () => {
    const { commit, device } = open();
    commit(token(2));
    const outcome = commit({ ...enrol('key-7'), tags: ['vip', 'floor:2', 'vip'] } as WriterEvent);
    if (outcome.is !== 'enrolled') throw new Error(outcome.is);
    expect(device(outcome.deviceId)?.tags).toEqual(['floor:2', 'vip']);
    commit({ type: 'tag device', actor: SYSTEM, device: outcome.deviceId, tags: ['shared'] });
    commit({ ...enrol('key-7'), tags: ['vip'] } as WriterEvent); // what people said since stands
    expect(device(outcome.deviceId)?.tags).toEqual(['shared']);
  });

  it('makes a device of the site of its token, away until it says hello', () => {
    const { commit, device, told } = open();
    commit(token(1));
    const outcome = commit(enrol('key-7'));
    if (outcome.is !== 'enrolled') throw new Error(outcome.is);
    expect(outcome).toMatchObject({ tenant: 'acme', site: 'office' });
    expect(device(outcome.deviceId)).toMatchObject({ presence: 'away', hostname: 'pc-7', enrolledMs: NOW });
    expect(told(hello({ device: outcome.deviceId }))).toEqual(['device presence']);
  });

  it('with the same key again gives the same device, and uses nothing up', () => {
    const { commit, fettle, told } = open();
    commit(token(2));
    const first = commit(enrol('key-7'));
    expect([commit(enrol('key-7')), told(enrol('key-7'))]).toEqual([first, []]);
    expect(fettle.enrollTokens.get('token')?.uses).toBe(1);
    expect(commit(enrol('key-8')).is).toBe('enrolled');
    expect(commit(enrol('key-9'))).toMatchObject({ is: 'refused', code: 'token_used' });
    expect(commit(enrol('key-7'))).toEqual(first);
  });

  it('of two keys in one group by a token for one makes one device', () => {
    const { commit, writer, fettle } = open();
    commit(token(1));
    const results = writer.commit([enrol('key-7'), enrol('key-8')], NOW);
    expect(results.map(({ outcome }) => outcome.is)).toEqual(['enrolled', 'refused']);
    expect(fettle.devices.ofTenant('acme')).toHaveLength(2);
  });
});

describe('a hello', () => {
  it('takes over what the agent says, and nothing else', () => {
    const { commit, device } = open();
    const before = device();
    expect(commit(hello({ hostname: 'renamed', class: 'kiosk' }))).toEqual({ is: 'done' });
    expect(device()).toEqual({
      ...before,
      hostname: 'renamed',
      class: 'kiosk',
      agentVersion: '0.2.0',
      bootId: 'boot-2',
      clockOffsetMs: -3,
      lastSeenMs: NOW,
    });
  });

  it('brings a device back that had said goodbye', () => {
    const { fettle, told, device } = open();
    fettle.devices.put(aDevice({ presence: 'rebooting', goodbye: 'reboot', presenceSinceMs: 1 }));
    expect(told(hello())).toEqual(['device presence']);
    expect(device()).toMatchObject({ presence: 'online', goodbye: null, presenceSinceMs: NOW });
    expect(told(hello())).toEqual(['device changed']);
  });

  it('of a device that is gone is refused', () => {
    expect(open().commit(hello({ device: 'd_9' }))).toMatchObject({ code: 'unknown_device' });
  });
});

describe('silence', () => {
  const presence = (isAlerting: boolean): WriterEvent => ({
    type: 'presence',
    device: 'd_1',
    presence: isAlerting ? 'offline' : 'online',
    lastSeenMs: NOW - 5 * MINUTE_MS,
    goodbye: null,
    isAlerting,
  });

  it('is one alert and one ticket, and over when the device is back', () => {
    const { told, fettle } = open();
    expect(told(presence(true))).toEqual(['device presence', 'ticket opened', 'alert fired']);
    expect(told(presence(true))).toEqual([]);
    expect(fettle.alerts.openOf('d_1')).toMatchObject([
      { rule: 'device.offline', severity: 'critical', sinceMs: NOW - 5 * MINUTE_MS, reason: 'silent' },
    ]);
    expect(told(presence(false))).toEqual(['device presence', 'ticket noted', 'alert resolved']);
  });

  it('is not repaired away by what the agent has open, nor the other way round', () => {
    const { commit, fettle } = open();
    commit(presence(true));
    commit(aTold(1));
    const digest: RecordBody = {
      kind: 'digest',
      at: NOW,
      open: [],
      judged: ['disk.space', 'device.offline'],
      undecided: [],
    };
    commit(aRecord(2, digest));
    expect(fettle.alerts.openOf('d_1').map(({ rule }) => rule)).toEqual(['device.offline']);
  });

  it('of a device that is gone is nothing', () => {
    expect(open().commit({ ...presence(true), device: 'd_9' } as WriterEvent)).toEqual({ is: 'done' });
  });
});

describe('a record', () => {
  const sections = [{ id: 'os', title: 'System', facts: [{ label: 'Name', value: 'Debian' }] }];
  const collectors = [{ id: 'cpu', ok: true as const, source: '/proc/stat' }];

  it.each([
    [
      'start',
      { kind: 'start', at: 1, bootId: 'b9', uptimeMs: 5_000, agentVersion: '9', lastEnd: 'killed' },
      { bootId: 'b9', bootedMs: NOW - 5_000, agentVersion: '9' },
    ],
    ['gap', { kind: 'gap', at: 1, from: 1, count: 4, reason: 'queue_full' }, { lostRecords: 4 }],
    ['suspended', { kind: 'suspended', at: 1, forMs: 5 }, {}],
  ] satisfies readonly [string, RecordBody, object][])('of the kind %s changes the device', (_kind, body, change) => {
    const { told, device } = open();
    const before = device();
    expect(told(aRecord(1, body))).toEqual(['device changed']);
    expect(device()).toEqual({ ...before, ...change });
  });

  it.each([
    ['capabilities', { kind: 'capabilities', at: 1, collectors }, [collectors, null]],
    ['inventory', { kind: 'inventory', at: 1, sections }, [[], { atMs: 1, sections }]],
  ] satisfies readonly [string, RecordBody, unknown][])(
    'of the kind %s is kept apart from the device, and told as its change',
    (_kind, body, expected) => {
      const { told, device, fettle } = open();
      const before = device();
      expect(told(aRecord(1, body))).toEqual(['device changed']);
      expect([fettle.capabilities.of('d_1'), fettle.inventory.of('d_1')]).toEqual(expected);
      expect(device()).toEqual(before);
    },
  );

  it('of the kind inventory leaves the sections that it does not name, and removes those without facts', () => {
    const { commit, fettle } = open();
    const cpu = { id: 'cpu', title: 'CPU', facts: [{ label: 'Model', value: 'x' }] };
    commit(aRecord(1, { kind: 'inventory', at: 1, sections }));
    commit(aRecord(2, { kind: 'inventory', at: 2, sections: [cpu] }));
    expect(fettle.inventory.of('d_1')).toEqual({ atMs: 2, sections: [...sections, cpu] });
    commit(aRecord(3, { kind: 'inventory', at: 3, sections: [{ id: 'os', title: '', facts: [] }] }));
    expect(fettle.inventory.of('d_1')).toEqual({ atMs: 2, sections: [cpu] });
  });
});

describe('removing the devices of a tenant', () => {
  it('takes everything of theirs, and nothing of others', () => {
    const { fettle, metrics, commit, told } = open();
    fettle.tenants.put('demo', 'Demo', 'DEMO');
    fettle.tenants.putSite('hall', 'demo', 'Hall');
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', tenant: 'demo', site: 'hall' }));
    commit({ ...aTold(1), device: 'd_2' });
    commit(aTold(1));
    for (const device of ['d_1', 'd_2']) commit({ type: 'series set', device, hash: 'h', series: [] });
    expect(told({ type: 'remove devices', actor: SYSTEM, tenant: 'demo' })).toEqual(['device removed']);
    expect(commit({ type: 'remove devices', actor: SYSTEM, tenant: 'demo' })).toEqual({ is: 'removed', devices: [] });
    expect(fettle.devices.all().map(({ id }) => id)).toEqual(['d_1']);
    expect([fettle.alerts.openOf('d_2'), fettle.alerts.openOf('d_1').length]).toEqual([[], 1]);
    expect(commit({ type: 'forget device', device: 'd_2' })).toEqual({ is: 'done' });
    expect([metrics.keyOf('d_2'), metrics.devices().length]).toEqual([undefined, 1]);
    expect(commit({ ...aTold(2), device: 'd_2' })).toMatchObject({ code: 'unknown_device' });
  });
});

it('a device that is taken away takes what stood open with it', () => {
  const { commit, commitAt, fettle } = open();
  commit(aTold(1));
  expect(fettle.alerts.openOf('d_1')).toHaveLength(1);
  const gone = { type: 'presence', device: 'd_1', goodbye: 'uninstall', lastSeenMs: NOW, isAlerting: false } as const;
  commitAt(NOW + MINUTE_MS, { ...gone, presence: 'retiring' });
  expect(fettle.alerts.openOf('d_1')).toEqual([]);
});
