// Known bugs, each as one change of one file's text. The simulation must find every one of them.

export type Mutant = {
  readonly id: string;
  /** In a few words, for people. */
  readonly what: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in it exactly once. */
  readonly from: string;
  readonly to: string;
};

const PLACE = 'server/src/domain/place.ts';
const LANE = 'server/src/ingest/lane.ts';
const DELIVERY = 'server/src/ingest/delivery.ts';
const RECORDS = 'server/src/write/records.ts';
const GROUP = 'server/src/write/group.ts';
const MARKS = 'agent/src/link/marks.ts';
const DISK_LANE = 'agent/src/spool/disk/lane.ts';
const SENDER = 'agent/src/link/sender.ts';

export const mutants: readonly Mutant[] = [
  {
    id: 'no-dedupe',
    what: 'a record that is sent again takes effect again',
    file: PLACE,
    from: "if (seq <= last) return 'duplicate';",
    to: '',
  },
  {
    id: 'holes',
    what: 'a record is taken although the one before it was not kept',
    file: PLACE,
    from: "return from <= last + 1 ? 'next' : 'early';",
    to: "return 'next';",
  },
  {
    id: 'ack-before-commit',
    what: 'a record is acknowledged when it has come, not when it is on the disk',
    file: LANE,
    from: 'const outcome = await commit(event);',
    to: 'this.#durable = Math.max(this.#durable, seq); onDurable(); const outcome = await commit(event);',
  },
  {
    id: 'mark-outside',
    what: 'the mark is written after the transaction of its record',
    file: RECORDS,
    from: 'store.marks.put(id, { epoch, seq, hash });',
    to: 'setImmediate(() => store.marks.put(id, { epoch, seq, hash }));',
  },
  {
    id: 'mark-without-row',
    what: 'a record moves the mark and is forgotten',
    file: 'server/src/write/metrics.ts',
    from: 'this.#store.add(key, set.id, event);',
    to: 'if (event.seq % 7 !== 0) this.#store.add(key, set.id, event);',
  },
  {
    id: 'no-savepoint',
    what: 'what is left of an event that failed stays',
    file: GROUP,
    from: 'this.#rollback.run();',
    to: '',
  },
  {
    id: 'remembers-undone',
    what: 'what the writer remembers survives the rollback of its group',
    file: 'server/src/writer.ts',
    from: 'if (why) this.#metricWriter.forgetAll();',
    to: '',
  },
  {
    id: 'torn-group',
    what: 'a group that failed is told as done',
    file: GROUP,
    from: 'if (outcome) for (const event of events) results.set(event, { outcome, feed: [] });',
    to: '',
  },
  {
    id: 'no-digest',
    what: 'the digest repairs nothing',
    file: RECORDS,
    from: 'for (const transition of repairs(open, digest, isInForce)) applyTold(device, transition, context);',
    to: '',
  },
  {
    id: 'poison-stays',
    what: 'a record that cannot be read is told of and not passed',
    file: DELIVERY,
    from: 'this.#poison(name, seq, problem);',
    to: 'this.#poison(name, seq, problem); if (seq > 0) return;',
  },
  {
    id: 'told-twice',
    what: 'what is told again under another number takes effect again',
    file: RECORDS,
    from: 'return isNews(device, body.transition, context) ? applyTold(device, body.transition, context) : undefined;',
    to: 'return applyTold(device, body.transition, context);',
  },
  {
    id: 'ticket-not-linked',
    what: 'a ticket is opened and its alert does not know it',
    file: 'server/src/write/alerts.ts',
    from: 'store.alerts.put(known);',
    to: '',
  },
  {
    id: 'wall-clock',
    what: 'beats are counted by the wall clock',
    file: 'agent/src/collect/beat.ts',
    from: 'if (Math.abs(wall - clock.monoMs() - this.#offsetMs) > CLOCK_STEP_MS) this.#offsetMs = wall - clock.monoMs();',
    to: '',
  },
  {
    id: 'lost-tail',
    what: 'after a reconnect only what is new is sent',
    file: MARKS,
    from: "if (seq >= lane.acked) return { do: 'go on', after: seq };",
    to: "if (seq >= lane.acked) return { do: 'go on', after: lane.nextSeq - 1 };",
  },
  {
    id: 'no-fork-check-ahead',
    what: 'a server that is ahead is believed',
    file: MARKS,
    from: 'if (seq >= lane.nextSeq) {',
    to: 'if (seq < 0) {',
  },
  {
    id: 'no-fork-check-hash',
    what: 'another record at the same place is taken for ours',
    file: MARKS,
    from: "if (hash !== '' && ownHash !== undefined && hash !== ownHash) {",
    to: 'if (seq < 0) {',
  },
  {
    id: 'no-forgotten-gap',
    what: 'what is asked for and not kept any more is left out silently',
    file: DISK_LANE,
    from: "return [gapOf({ from: after + 1, position, atMs: this.#startedMs, monoMs: 0 }, 'forgotten')];",
    to: 'return [];',
  },
  {
    id: 'epoch-used-again',
    what: 'a lane that begins anew keeps its old epoch',
    file: DISK_LANE,
    from: 'this.#epoch = this.#newEpoch();',
    to: '',
  },
  {
    id: 'safe-too-early',
    what: 'a record is called safe before it is on the disk',
    file: 'agent/src/spool/disk/disk-spool.ts',
    from: 'else await this.#syncAlerts();',
    to: 'else void this.#syncAlerts();',
  },
  {
    id: 'no-sync',
    what: 'a segment is written and not synced',
    file: 'agent/src/spool/disk/tail.ts',
    from: 'await this.#file.sync();',
    to: '',
  },
  {
    id: 'copy-takes-over',
    what: 'a copy of a machine takes the place of the original that is there',
    file: 'server/src/ingest/session.ts',
    from: 'if (await claims.isTaken(deviceId)) return this.refuse(...CLONE, intervals().minute);',
    to: '',
  },
  {
    id: 'gap-not-told',
    what: 'a gap is not sent',
    file: SENDER,
    from: "const body = record.kind === 'text' ? record.body : gapBody(record);",
    to: "if (record.kind === 'gap') return true; const body = record.body;",
  },
  {
    id: 'gap-too-wide',
    what: 'a gap overtakes its range',
    file: SENDER,
    from: "JSON.stringify({ kind: 'gap', at, from, count, reason });",
    to: "JSON.stringify({ kind: 'gap', at, from: 1, count: count + from - 1, reason });",
  },
];
