// How a verb ends: what it prints, and the exit code that scripts go by.

export const EXIT = { ok: 0, failure: 1, usage: 2, notEnrolled: 3, unreachable: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the program with one line on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Also one of another bundle, whose class is another. */
export const isCliError = (error: unknown): error is CliError => error instanceof Error && error.name === 'CliError';

/** @param value printed as one line of JSON when asked for, else `lines` */
export const print = (isJson: boolean, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(`${isJson ? JSON.stringify(value) : lines.join('\n')}\n`);
};

const END_MS = 2_000;

/** For a verb that has read from file systems: one that hangs keeps a thread, and with it the process. */
export const endSoon = (): void => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), END_MS).unref();
};

/** Columns as wide as their widest cell. */
export const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const longest = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: longest }, (_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
