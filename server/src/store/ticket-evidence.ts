// What a ticket's alert was judged on, as it was when the ticket opened and reopened.
import type { KeptEvidence } from '../domain/ticket/ticket.ts';
import type { Db } from './database.ts';
import { fromJson } from './table.ts';

type Row = Omit<KeptEvidence, 'evidence' | 'processes'> & { readonly evidence: string; readonly processes: string };

/** Of one ticket; the oldest beside the first goes. */
const KEPT_MAX = 20;

export const evidenceTable = (db: Db) => {
  const add = db.prepare<[Row & { readonly ticket: string }]>(
    `INSERT INTO ticket_evidence (ticket, at_ms, alert, rule, rule_hash, severity, since_ms, evidence, processes)
     VALUES (@ticket, @atMs, @alert, @rule, @ruleHash, @severity, @sinceMs, @evidence, @processes)`,
  );
  const trim = db.prepare<[{ readonly ticket: string }]>(
    `DELETE FROM ticket_evidence WHERE ticket = @ticket
       AND id <> (SELECT min(id) FROM ticket_evidence WHERE ticket = @ticket)
       AND id NOT IN (SELECT id FROM ticket_evidence WHERE ticket = @ticket ORDER BY id DESC LIMIT ${KEPT_MAX - 1})`,
  );
  const of = db.prepare<[string], Row>(
    `SELECT at_ms AS atMs, alert, rule, rule_hash AS ruleHash, severity, since_ms AS sinceMs, evidence, processes
     FROM ticket_evidence WHERE ticket = ? ORDER BY id`,
  );
  return {
    add: (ticket: string, kept: KeptEvidence): void => {
      const { evidence, processes, atMs, alert, rule, ruleHash, severity, sinceMs } = kept;
      const texts = { evidence: JSON.stringify(evidence), processes: JSON.stringify(processes) };
      add.run({ ticket, atMs, alert, rule, ruleHash, severity, sinceMs, ...texts });
      trim.run({ ticket });
    },
    of: (ticket: string): readonly KeptEvidence[] =>
      of.all(ticket).map((row) => ({
        ...row,
        evidence: fromJson<KeptEvidence['evidence']>(row.evidence),
        processes: fromJson<KeptEvidence['processes']>(row.processes),
      })),
  };
};
