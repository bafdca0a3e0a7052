// Changes of rules on a real store: what the audit trail says of them, and which rules are in force after one that was not kept.
import { expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import type { RuleChange, RuleDocument } from '../domain/rules/override.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';

const change = (document: RuleDocument, other: Partial<RuleChange> = {}): RuleChange => ({
  tenant: 'acme',
  level: 'tenant',
  place: 'acme',
  rule: 'disk.space',
  version: 0,
  document,
  ...other,
});

const open = () => {
  const stores = openWriter();
  const commit = (...events: readonly WriterEvent[]) => stores.writer.commit(events, NOW).map(({ outcome }) => outcome);
  const alter = (...changes: readonly RuleChange[]): WriterEvent => ({ type: 'change rules', actor: SYSTEM, changes });
  return { ...stores, commit, alter };
};

it('a change is audited against what it was, however many of other places came in between', () => {
  const { commit, alter, fettle } = open();
  commit(alter(change({ title: 'First' })));
  const tags = Array.from({ length: 501 }, (_, n) => change({ title: 'Tagged' }, { level: 'tag', place: `tag-${n}` }));
  expect(commit(alter(...tags))).toEqual([{ is: 'done' }]);
  expect(commit(alter(change({ title: 'Second' }, { version: 1 })))).toEqual([{ is: 'done' }]);
  const last = fettle.db.prepare<[], string>('SELECT detail FROM audit ORDER BY seq DESC LIMIT 1').pluck().get() ?? '';
  expect(JSON.parse(last)).toMatchObject({ changes: [{ path: 'title', before: 'First', after: 'Second' }] });
});

it('a change that the disk did not take is not in force, also when the next one has its number', () => {
  const { commit, alter, fettle } = open();
  const pages = Number(fettle.db.pragma('page_count', { simple: true }));
  fettle.db.pragma(`max_page_count = ${pages + 20}`);
  const words = { priority: 'low', requester: null, category: null, assignee: null, device: null } as const;
  const ticket = { subject: 'x', body: 'x'.repeat(1_000_000), ...words };
  const large: WriterEvent = { type: 'open ticket', actor: SYSTEM, tenant: 'acme', ticket };
  const outcomes = commit(alter(change({ title: 'Never kept' })), aTold(1), large);
  expect(outcomes.map(({ is }) => is)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  fettle.db.pragma(`max_page_count = ${pages * 1_000}`);
  expect(commit(alter(change({ title: 'Kept' })), aTold(1))).toEqual([{ is: 'done' }, { is: 'done' }]);
  const { ticket: id } = fettle.alerts.openOf('d_1')[0] ?? {};
  expect(fettle.tickets.get(id ?? '')?.subject).toMatch(/^Kept /);
});
