// What is wrong with the server itself, and what to do about it, in words for its owner.
import type { HealthProblem, ServerHealth } from '@fettle/shared/api/server-health.schema';

import { formatInstant } from './format.ts';

const words: Readonly<Record<HealthProblem, (health: ServerHealth) => string>> = {
  disk_full: () => 'The disk of the server is full. Alerts are taken, readings wait at the agents: make room.',
  damaged: ({ damage }) =>
    `Data of the server is damaged (${damage[0] ?? 'see its log'}). Stop it and run: fettle-server restore`,
  backup_failed: ({ backup }) =>
    `The last backup${backup === null ? '' : ` (${formatInstant(Date.parse(backup.at))})`} is of no use: ${backup?.problems[0] ?? 'see the log of the server'}`,
  backup_old: ({ backup }) =>
    `There has been no backup ${backup === null ? 'for two days' : `since ${formatInstant(Date.parse(backup.at))}`}: see the log of the server.`,
  notice_dead: () =>
    'Within the last day somebody was not told of something: a message was given up. Look at the notices, mend the channel, and send it again.',
  external_failing: () =>
    'Tickets do not get into the other ticket system. They are tried again, an hour later at most; why says the API: tickets/ID/external.',
};

export const healthWords = (health: ServerHealth): readonly string[] =>
  health.problems.map((problem) => words[problem](health));
