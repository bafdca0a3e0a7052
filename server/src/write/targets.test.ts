// Things without an agent: who may name them, what their agent's records do to them, and what becomes of them when they go.
import { describe, expect, it } from 'vitest';

import type { Outcome } from '../domain/event.ts';
import { NOW, aDevice, aRecord, aTold, openWriter } from '../fixture.ts';

const start = (targets?: readonly string[]) => ({
  kind: 'start' as const,
  at: NOW,
  bootId: 'boot-2',
  uptimeMs: 1_000,
  agentVersion: '0.1.0',
  lastEnd: 'stopped' as const,
  ...(targets && { targets: [...targets] }),
});

const open = () => {
  const { fettle, writer } = openWriter();
  let seq = 0;
  const commit = (...events: Parameters<typeof writer.commit>[0]): readonly Outcome[] =>
    writer.commit(events, NOW).map(({ outcome }) => outcome);
  const next = () => (seq += 1);
  return {
    fettle,
    commit,
    next,
    declare: (...targets: readonly string[]) =>
      commit(aRecord(next(), start(targets.length === 0 ? undefined : targets)))[0],
    tell: (change: Parameters<typeof aTold>[1]) => commit(aTold(next(), change))[0],
    targets: () => fettle.devices.watchedBy('d_1'),
    target: (name: string) => {
      const found = fettle.devices.watchedBy('d_1').find(({ hostname }) => hostname === name);
      if (!found) throw new Error(`there is no ${name}`);
      return found;
    },
  };
};

const FAILED = { rule: 'check.failed', severity: 'critical' } as const;

describe('targets of an agent', () => {
  it('become devices of its tenant and site, of the class network, and the fleet is told', () => {
    const { declare, targets, target } = open();
    const outcome = declare('switch 1', 'printer');
    expect(
      targets()
        .map(({ hostname }) => hostname)
        .toSorted(),
    ).toEqual(['printer', 'switch 1']);
    expect(target('switch 1')).toMatchObject({
      id: expect.stringMatching(/^d_[\w-]{22}$/) as string,
      tenant: 'acme',
      site: 'office',
      class: 'network',
      os: 'unknown',
      presence: 'unknown',
      watchedBy: 'd_1',
    });
    expect(outcome).toEqual({ is: 'done', watches: [target('switch 1').id, target('printer').id] });
  });

  it('are the same at each start, and nothing is told twice', () => {
    const { declare, targets, fettle } = open();
    declare('switch 1');
    const [before] = targets();
    const { last } = fettle.events.range();
    expect(declare('switch 1', 'switch 1')).toEqual({ is: 'done' });
    expect(targets()).toEqual([before]);
    expect(fettle.events.range().last).toBe(last + 1); // the start itself
  });

  it('of two agents are two, whatever they are called', () => {
    const { declare, commit, fettle, target } = open();
    fettle.devices.put(aDevice({ id: 'd_2', publicKey: 'key-2', hostname: 'srv-02' }));
    declare('switch 1');
    commit({ ...aRecord(1, start(['switch 1'])), device: 'd_2' });
    const [other] = fettle.devices.watchedBy('d_2');
    expect(other).toMatchObject({ hostname: 'switch 1', watchedBy: 'd_2' });
    expect(other?.id).not.toBe(target('switch 1').id);
  });

  it('can have the name, and the id, of another device without touching it', () => {
    const { declare, fettle, targets } = open();
    const before = fettle.devices.get('d_1');
    declare('srv-01', 'd_1');
    expect(targets().map(({ id }) => id)).not.toContain('d_1');
    expect(fettle.devices.get('d_1')).toMatchObject({ tenant: before?.tenant, class: 'server', watchedBy: null });
  });

  it('go with their agent', () => {
    const { declare, fettle, target, tell } = open();
    declare('switch 1');
    tell({ ...FAILED, instance: 'switch 1/ping' });
    const { id } = target('switch 1');
    fettle.devices.remove('d_1');
    expect([fettle.devices.get(id), fettle.alerts.openOf(id)]).toEqual([undefined, []]);
  });
});

describe('what is told of a target', () => {
  it('is an alert and a ticket of its own', () => {
    const { declare, tell, target, fettle } = open();
    declare('switch 1');
    tell({ ...FAILED, instance: 'switch 1/snmp/Gi1/0/1' });
    const [alert] = fettle.alerts.openOf(target('switch 1').id);
    expect(alert).toMatchObject({ rule: 'check.failed', instance: 'snmp/Gi1/0/1', state: 'open' });
    expect(fettle.tickets.get(alert?.ticket ?? '')).toMatchObject({
      device: target('switch 1').id,
      priority: 'high',
      subject: 'A target does not answer as it should snmp/Gi1/0/1 on switch 1',
    });
    expect(fettle.alerts.openOf('d_1')).toEqual([]);
    tell({ ...FAILED, instance: 'switch 1/snmp/Gi1/0/1', change: 'resolve', reason: 'recovered' });
    expect(fettle.alerts.openOf(target('switch 1').id)).toEqual([]);
  });

  it.each([
    ['of one that was not declared', 'router/ping'],
    ['in a name that is none', 'ping'],
  ])('%s stays with the agent: nothing is lost', (_what, instance) => {
    const { declare, tell, fettle } = open();
    declare('switch 1');
    tell({ ...FAILED, instance });
    expect(fettle.alerts.openOf('d_1')).toMatchObject([{ instance }]);
  });

  it('by a rule that is not about targets stays with the agent, whatever its instance is called', () => {
    const { declare, tell, fettle } = open();
    declare('switch 1');
    tell({ rule: 'disk.space', instance: 'switch 1/data' });
    expect(fettle.alerts.openOf('d_1')).toMatchObject([{ instance: 'switch 1/data' }]);
  });

  it('is mended by the digest, as the alerts of the agent are', () => {
    const { declare, tell, commit, next, target, fettle } = open();
    declare('switch 1', 'printer');
    tell({ ...FAILED, instance: 'switch 1/ping' });
    const lost = {
      rule: 'check.failed',
      ruleHash: 'h',
      instance: 'printer/snmp',
      severity: 'critical',
      since: NOW,
    } as const;
    const stands = [{ ...lost, evidence: [] }];
    commit(aRecord(next(), { kind: 'digest', at: NOW, open: stands, judged: ['check.failed'], undecided: [] }));
    expect(fettle.alerts.openOf(target('switch 1').id)).toEqual([]);
    expect(fettle.alerts.openOf(target('printer').id)).toMatchObject([
      { instance: 'snmp', reason: 'repaired by digest' },
    ]);
  });

  it('as facts is kept with it, section by section, and not with the agent', () => {
    const { declare, commit, next, target, fettle } = open();
    declare('switch 1');
    const facts = (value: string) => [{ label: 'Description', value }];
    const told = (id: string, value: string, name?: string) => ({
      id,
      title: 'Checks',
      facts: facts(value),
      ...(name !== undefined && { target: name }),
    });
    commit(
      aRecord(next(), {
        kind: 'inventory',
        at: NOW,
        sections: [told('a', 'old', 'switch 1'), told('b', 'b', 'switch 1')],
      }),
      aRecord(next(), {
        kind: 'inventory',
        at: NOW + 1,
        sections: [told('a', 'new', 'switch 1'), told('x', 'x', 'other')],
      }),
      aRecord(next(), { kind: 'inventory', at: NOW + 2, sections: [told('own', 'mine')] }),
    );
    const theirs = fettle.inventory.of(target('switch 1').id);
    expect(theirs?.sections.map(({ id, facts: [fact] }) => [id, fact?.value]).toSorted()).toEqual([
      ['a', 'new'],
      ['b', 'b'],
    ]);
    expect(fettle.inventory.of('d_1')?.sections.map(({ id }) => id)).toEqual(['own']);
  });

  it('as facts is told once per record to whom it is about, and stays until the device is forgotten', () => {
    const { declare, commit, next, target, fettle } = open();
    declare('switch 1');
    const { id } = target('switch 1');
    const { last } = fettle.events.range();
    const fact = { title: 'Checks', facts: [{ label: 'a', value: 'b' }], target: 'switch 1' };
    commit(
      aRecord(next(), {
        kind: 'inventory',
        at: NOW,
        sections: [
          { id: 'a', ...fact },
          { id: 'b', ...fact },
        ],
      }),
    );
    const events = fettle.events.page({ tenants: undefined, afterSeq: last, limit: 9 });
    expect(events).toMatchObject([{ kind: 'device', change: 'changed', view: { id } }]);
    declare('printer'); // it retires
    expect(fettle.inventory.of(id)?.sections).toHaveLength(2);
    fettle.devices.remove(id);
    expect(fettle.inventory.of(id)).toBeNull();
  });
});

describe('a target that is not declared any more', () => {
  it('retires with its alerts, hears nothing more, and comes back as the same device', () => {
    const { declare, tell, target, fettle } = open();
    declare('switch 1', 'printer');
    tell({ ...FAILED, instance: 'switch 1/ping' });
    const { id } = target('switch 1');
    expect(declare('printer')).toMatchObject({ watches: [id] });
    expect(fettle.devices.get(id)).toMatchObject({ presence: 'retiring', hostname: 'switch 1' });
    expect(fettle.alerts.openOf(id)).toEqual([]);
    tell({ ...FAILED, instance: 'switch 1/ping', change: 'raise' });
    expect([fettle.alerts.openOf(id), fettle.alerts.openOf('d_1')]).toEqual([[], []]);
    declare('printer', 'switch 1');
    expect(fettle.devices.get(id)).toMatchObject({ presence: 'unknown', hostname: 'switch 1' });
  });

  it('retires also when nothing at all is declared any more', () => {
    const { declare, targets } = open();
    declare('switch 1', 'printer');
    declare();
    expect(targets().map(({ presence }) => presence)).toEqual(['retiring', 'retiring']);
  });

  it('is forgotten when there are too many of them', () => {
    const { declare, targets } = open();
    for (let round = 0; round < 4; round += 1) {
      declare(...Array.from({ length: 200 }, (_, index) => `${round}-${index}`));
    }
    const retired = targets().filter(({ presence }) => presence === 'retiring');
    expect([targets().length, retired.length]).toEqual([400, 200]);
    expect(targets().filter(({ hostname }) => hostname.startsWith('3-'))).toHaveLength(200);
  });
});
