// What is to be done later, unless it is dropped before.
import type { Timer } from '../domain/ticket/ticket.ts';
import type { Db } from './database.ts';
import { VALUE } from './table.ts';

export const timerTable = (db: Db) => {
  const put = db.prepare<[Timer]>(
    `INSERT INTO timers (kind, subject, due_ms) VALUES (@kind, @subject, @dueMs)
     ON CONFLICT (kind, subject) DO UPDATE SET due_ms = excluded.due_ms`,
  );
  const drop = db.prepare<[string, string]>('DELETE FROM timers WHERE kind = ? AND subject = ?');
  const due = db.prepare<[number, number], Timer>(
    `SELECT kind, subject, due_ms AS dueMs FROM timers WHERE due_ms <= ${VALUE} ORDER BY due_ms LIMIT ${VALUE}`,
  );
  const dueOf = db
    .prepare<[string, string], number>('SELECT due_ms FROM timers WHERE kind = ? AND subject = ?')
    .pluck();
  const lookAgain = db.prepare<[number, string]>(
    `INSERT INTO timers (kind, subject, due_ms) SELECT 'sla stage', id, ? FROM tickets
     WHERE tenant = ? AND state NOT IN ('resolved', 'closed')
     ON CONFLICT (kind, subject) DO UPDATE SET due_ms = excluded.due_ms`,
  );
  const lookAtHushed = db.prepare<[number, string]>(
    `INSERT INTO timers (kind, subject, due_ms) SELECT 'look at alert', id, ? FROM alerts
     WHERE hush_by = ? AND state <> 'resolved'
     ON CONFLICT (kind, subject) DO UPDATE SET due_ms = excluded.due_ms`,
  );
  return {
    put: (timer: Timer): void => void put.run(timer),
    drop: (kind: Timer['kind'], subject: string): void => void drop.run(kind, subject),
    dueOf: (kind: Timer['kind'], subject: string): number | undefined => dueOf.get(kind, subject),
    /** The clocks of all open tickets of a tenant go by something else from now on. */
    lookAgain: (tenant: string, nowMs: number): void => void lookAgain.run(nowMs, tenant),
    /** All open alerts that this alert or window keeps quiet are judged again then. */
    lookAtHushed: (by: string, dueMs: number): void => void lookAtHushed.run(dueMs, by),
    due: (nowMs: number, limit: number): readonly Timer[] => due.all(nowMs, limit),
  };
};
