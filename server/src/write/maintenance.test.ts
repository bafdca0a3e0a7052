// Who is told of what happens in a maintenance window, and after it; as the writer does it.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import { NOW } from '../fixture.ts';
import { eva, open } from './quiet-fixture.ts';

describe('a maintenance window', () => {
  const hour = { kind: 'once', startMs: NOW, endMs: NOW + HOUR_MS } as const;

  it('is seen on its device by whoever follows the feed, when it begins and when it ends', () => {
    const { window, commit, fettle } = open();
    const seen = () =>
      fettle.events
        .page({ tenants: undefined, afterSeq: 0, limit: 100 })
        .map(({ kind, change, device }) => `${kind} ${change} ${device}`);
    window(hour);
    expect(seen()).toEqual(['device changed d_1']);
    commit({ type: 'close window', actor: eva, window: 'w_1' });
    expect(seen()).toEqual(['device changed d_1', 'device changed d_1']);
  });

  it('tells of nothing that begins and ends in it, and opens nothing', () => {
    const { window, tell, pass, told, tickets } = open();
    expect(window(hour)).toEqual({ is: 'done' });
    tell({});
    pass(30 * MINUTE_MS);
    tell({ change: 'resolve' });
    pass(3 * HOUR_MS);
    expect([told(), tickets()]).toEqual([[], 0]);
  });

  it('ten minutes after its end tells once of what is new and still there, and a ticket opens then', () => {
    const { window, tell, pass, told, tickets, alert } = open();
    window(hour);
    tell({});
    pass(HOUR_MS + 9 * MINUTE_MS);
    expect([told(), tickets(), alert()?.hush?.why]).toEqual([[], 0, 'maintenance']);
    pass(2 * MINUTE_MS);
    expect([told(), tickets(), alert()?.hush]).toEqual([['alert.fired'], 1, null]);
  });

  it('does not tell again of what was known before, and of its end when the window is over', () => {
    const { window, tell, pass, told } = open();
    tell({});
    expect(told()).toEqual(['alert.fired']);
    window(hour);
    pass(20 * MINUTE_MS);
    tell({ change: 'resolve' });
    pass(40 * MINUTE_MS);
    expect(told()).toEqual([]);
    pass(20 * MINUTE_MS);
    expect(told()).toEqual(['alert.resolved']);
  });

  it('lets a server be switched off in it; one that is not back ten minutes after its end is told of', () => {
    const { window, pass, told, tickets, commit } = open();
    window(hour);
    const off = { type: 'presence', device: 'd_1', presence: 'off', goodbye: 'shutdown', lastSeenMs: NOW } as const;
    commit({ ...off, isAlerting: true });
    pass(HOUR_MS + 9 * MINUTE_MS);
    expect([told(), tickets()]).toEqual([[], 0]);
    pass(2 * MINUTE_MS);
    expect([told(), tickets()]).toEqual([['alert.fired'], 1]);
  });

  it('that ends with the server back has nothing to tell', () => {
    const { window, pass, told, tickets, commit, now } = open();
    window(hour);
    const off = { type: 'presence', device: 'd_1', presence: 'off', goodbye: 'shutdown', lastSeenMs: NOW } as const;
    commit({ ...off, isAlerting: true });
    pass(30 * MINUTE_MS);
    commit({ ...off, presence: 'online', goodbye: null, lastSeenMs: now(), isAlerting: false });
    pass(3 * HOUR_MS);
    expect([told(), tickets()]).toEqual([[], 0]);
  });

  it('in which something comes and goes is no flapping: nothing is told of it, then or later', () => {
    const { window, tell, pass, told, tickets, alert } = open();
    window(hour);
    for (let n = 0; n < 10; n += 1) {
      tell({ change: n % 2 === 0 ? 'fire' : 'resolve' });
      pass(5 * MINUTE_MS);
    }
    expect(alert()).toBeUndefined();
    pass(4 * HOUR_MS);
    expect([told(), tickets()]).toEqual([[], 0]);
  });

  it('after which a server is not back says so, once', () => {
    const { window, commit, pass, told, now } = open();
    window(hour);
    pass(10 * MINUTE_MS);
    const lastSeenMs = now();
    commit({ type: 'presence', device: 'd_1', presence: 'offline', lastSeenMs, goodbye: null, isAlerting: true });
    pass(59 * MINUTE_MS);
    expect(told()).toEqual([]);
    pass(3 * HOUR_MS);
    expect(told()).toEqual(['alert.fired']);
  });

  it('holds back no security', () => {
    const { window, tell, told } = open();
    window(hour);
    tell({ rule: 'protection.antivirus', instance: 'AV' });
    expect(told()).toEqual(['alert.fired']);
  });

  it('that is ended early lets go of what it kept quiet', () => {
    const { window, tell, pass, told, commit } = open();
    window(hour);
    tell({});
    expect(commit({ type: 'close window', actor: eva, window: 'w_1' })).toEqual({ is: 'done' });
    pass(11 * MINUTE_MS);
    expect(told()).toEqual(['alert.fired']);
  });

  it('is refused where it is about nothing, and to those who may not', () => {
    const { commit, window } = open();
    const asked = { type: 'open window', id: 'w_2', tenant: 'acme', time: hour, reason: '' } as const;
    const stranger: Actor = { ...eva, role: 'technician', tenants: ['bistro'] };
    const viewer: Actor = { ...eva, role: 'viewer' };
    const scope = { kind: 'tenant' } as const;
    expect(commit({ ...asked, actor: stranger, scope })).toMatchObject({ code: 'not_found' });
    expect(commit({ ...asked, actor: viewer, scope })).toMatchObject({ code: 'forbidden' });
    expect(commit({ ...asked, actor: eva, scope: { kind: 'site', id: 'none' } })).toMatchObject({ code: 'not_found' });
    expect(window({ ...hour, endMs: NOW })).toMatchObject({ code: 'bad_window' });
  });
});
