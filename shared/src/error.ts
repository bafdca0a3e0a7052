// What is known of anything that was thrown.

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** "ENOENT", "SQLITE_FULL"; "" where there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
