// From the outbox to messages: who is told of what is new, what has waited long enough, and what is told again.
import type { Device } from '../domain/device.ts';
import type { Outcome } from '../domain/event.ts';
import { dueAt, repeatAfterMs, topicOf } from '../domain/notice/group.ts';
import { type Rota, onCall } from '../domain/notice/rota.ts';
import { type Route, type Target, targetsOf } from '../domain/notice/route.ts';
import type { Subject } from '../domain/notice/subject.ts';
import { ESCALATED, REPEATED, isEnd } from '../domain/notice/verdict.ts';
import type { ToldRow } from '../store/notices.ts';
import type { OutboxRow } from '../store/outbox.ts';
import { bundleDue } from './bundle.ts';
import { DONE, MORE, type WriteContext } from './context.ts';
import { findSubject } from './subject.ts';

/** So many at once: the rest comes with the next look. */
const AT_ONCE = 200;

export const applyPlan = (context: WriteContext): Outcome => {
  const rows = context.store.outbox.untaken(AT_ONCE);
  if (rows.length > 0) {
    const settings = settingsOf(context);
    for (const row of rows) take(row, settings, context);
  }
  tellAgain(context);
  const groups = bundleDue(context);
  return rows.length === AT_ONCE || groups ? MORE : DONE;
};

type Settings = { readonly routes: readonly Route[]; readonly rotas: ReadonlyMap<string, Rota> };

const settingsOf = ({ store }: WriteContext): Settings => ({
  routes: store.routes.all(),
  rotas: new Map(store.rotas.all().map((rota) => [rota.id, rota])),
});

const take = (row: OutboxRow, settings: Settings, context: WriteContext): void => {
  const { store, nowMs } = context;
  store.outbox.take(row.id, nowMs);
  const subject = findSubject(row.subject, context);
  const targets = subject ? hearersOf(row, subject, settings, context) : [];
  for (const target of targets) if (subject) wait({ ...row, outbox: row.id, round: 0, ...target }, subject, context);
  if (targets.length > 0) return;
  const nobody = { channel: '', route: '', rota: '', topic: '' };
  const why = whyNobody(row.kind, subject);
  store.notices.add({ ...row, ...nobody, outbox: row.id, round: 0, state: 'skipped', why });
};

const whyNobody = (kind: string, subject: Subject | undefined): string => {
  if (!subject) return 'it is gone';
  return isEnd(kind) ? 'nobody was told that it was there' : 'no route fits';
};

/** The end of something is for those who know of it, whatever the routes say by now. */
const hearersOf = (
  { kind }: OutboxRow,
  subject: Subject,
  { routes, rotas }: Settings,
  { store, nowMs }: WriteContext,
): readonly Target[] => {
  if (isEnd(kind)) return store.notices.hearersOf(subject.id);
  return targetsOf(routes, kind, subject, { rotas, nowMs, tags: tagsOf(subject, store.devices.get(subject.device)) });
};

/** What routes can choose by: "class:server", what people call the device, and each label of what another system told, as "team=db". */
const tagsOf = ({ labels }: Subject, device: Device | undefined): readonly string[] => [
  ...(device ? [`class:${device.class}`, ...device.tags] : []),
  ...Object.entries(labels).map(([name, value]) => `${name}=${value}`),
];

type Waiting = Target & {
  readonly outbox: number;
  readonly round: number;
  readonly kind: string;
  /** When it happened: it has waited since then. */
  readonly atMs: number;
};

/** Into the group that it will be told with. */
const wait = (notice: Waiting, subject: Subject, { store, times }: WriteContext): void => {
  const { outbox, round, kind, channel, route, rota, atMs } = notice;
  const topic = topicOf(channel, subject, kind);
  const { id, tenant } = subject;
  const about = { subject: id, tenant, topic, atMs, why: '' };
  store.notices.add({ outbox, round, kind, channel, route, rota, ...about, state: 'waiting' });
  const group = store.noticeGroups.get(topic) ?? { topic, channel, dueMs: null, delivery: null, lastMs: null };
  const dueMs = dueAt(atMs, group.lastMs, times);
  store.noticeGroups.put({ ...group, dueMs: Math.min(group.dueMs ?? dueMs, dueMs) });
};

/** What nobody has acknowledged: again to whoever was told, and to whoever comes next. */
const tellAgain = (context: WriteContext): void => {
  const { store, nowMs } = context;
  for (const told of store.noticeTold.toRepeat(nowMs, AT_ONCE)) repeat(told, context);
  for (const told of store.noticeTold.toEscalate(nowMs, AT_ONCE)) escalate(told, context);
};

const repeat = (told: ToldRow, context: WriteContext): void => {
  const { store, nowMs, times } = context;
  const subject = store.channels.get(told.channel) && findSubject(told.subject, context);
  if (!subject) return store.noticeTold.drop(told.subject, told.channel);
  const afterMs = repeatAfterMs(subject, subject.severity, times);
  const rounds = told.rounds + 1;
  store.noticeTold.put({ ...told, rounds, repeatMs: afterMs === null ? null : nowMs + afterMs });
  // what is quiet while its device is away asks again once that is back
  if (subject.standing === 'open') wait({ ...told, kind: REPEATED, round: rounds, atMs: nowMs }, subject, context);
};

const escalate = (told: ToldRow, context: WriteContext): void => {
  const { store, nowMs } = context;
  const subject = findSubject(told.subject, context);
  const rounds = told.rounds + 1;
  // while nobody knows how it stands: with the next repetition
  const escalateMs = subject?.standing === 'quieted' ? told.repeatMs : null;
  store.noticeTold.put({ ...told, rounds, escalateMs });
  const next = store.rotas.get(store.rotas.get(told.rota)?.escalation?.to ?? '');
  const person = next && onCall(next, nowMs);
  if (!person || subject?.standing !== 'open') return;
  const target = { channel: person.channel, route: told.route, rota: next.id };
  wait({ ...target, outbox: told.outbox, kind: ESCALATED, round: rounds, atMs: nowMs }, subject, context);
};
