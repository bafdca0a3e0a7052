// The month in words for a person: what was missed, and which rules made tickets that nobody needed.
import type { Verdict } from './score.ts';

const LINES_MAX = 12;

export const reportOf = ({ tickets, reopened, wanted, missed, falseTickets, falseOffline }: Verdict): string => {
  const lines = [
    `${tickets} tickets by alerts, ${falseTickets.length} of them not needed; ${reopened} times one was opened again`,
    `${wanted} troubles were worth a ticket, ${missed.length} had none in time${listed(missed.map(({ kind }) => kind))}`,
    `${falseOffline.length} times a device was called offline that was not`,
    `tickets that nobody needed${listed(falseTickets.map(({ rule, why }) => `${rule} (${why})`))}`,
  ];
  return `${lines.join('\n')}\n`;
};

/** The most frequent first. */
const listed = (names: readonly string[]): string => {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => ({ name, count: all.length }));
  const most = counts.toSorted((a, b) => b.count - a.count).slice(0, LINES_MAX);
  return most.length === 0
    ? ''
    : `:\n${most.map(({ name, count }) => `  ${String(count).padStart(6)}  ${name}`).join('\n')}`;
};
