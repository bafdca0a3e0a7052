// The agent's log: one JSON object a line on stderr, with the keys that the server's log has (pino's: level, time, msg). Pino
// itself would cost every resident agent 0.5 MiB and 30 ms of its start for a few lines a day.
import { writeSync } from 'node:fs';

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;
type Level = keyof typeof LEVELS;

export type Log = Readonly<
  Record<'info' | 'warn', (message: string, details?: Readonly<Record<string, unknown>>) => void>
>;

/** @param least what is below it is not written */
export const stderrLog = (least: Level): Log => {
  const writer =
    (level: Level): Log['info'] =>
    (msg, details) => {
      if (LEVELS[level] < LEVELS[least]) return;
      write(`${JSON.stringify({ level: LEVELS[level], time: Date.now(), ...details, msg })}\n`);
    };
  return { info: writer('info'), warn: writer('warn') };
};

/** Nobody may read it any more, or the disk below it be full: the agent goes on. */
const write = (line: string): void => {
  try {
    writeSync(2, line);
  } catch {
    // there is no other place to say so
  }
};
