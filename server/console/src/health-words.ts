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
    `There has been no backup ${backup === null ? 'yet' : `since ${formatInstant(Date.parse(backup.at))}`}: see the log of the server.`,
};

export const healthWords = (health: ServerHealth): readonly string[] =>
  health.problems.map((problem) => words[problem](health));
