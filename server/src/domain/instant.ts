// Points in time in sentences, where the reader's own zone is not known.

/** "2026-11-23 14:00 UTC", of ms since 1970. */
export const instantText = (ms: number): string =>
  `${Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'minute' }).replace('T', ' ').replace('Z', '')} UTC`;
