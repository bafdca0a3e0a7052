// Times as programs write them. What has no zone is UTC: our programs are started with TZ=UTC.
const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\d*(Z|[+-]\d{2}:?\d{2})?/;
/** systemd.time(7): "Mon 2026-11-23 07:26:11 UTC". */
const SYSTEMD = /^[A-Z][a-z]{2} (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/;

/** Ms since 1970 of a time at the start of the text, by ISO 8601; undefined where none is. */
export const isoInstant = (text: string): number | undefined => {
  const [, day = '', time = '', zone = 'Z'] = ISO.exec(text) ?? [];
  return instant(day, time, zone);
};

export const systemdInstant = (text: string): number | undefined => {
  const [, day = '', time = ''] = SYSTEMD.exec(text) ?? [];
  return instant(day, time, 'Z');
};

const instant = (day: string, time: string, zone: string): number | undefined => {
  try {
    return Temporal.Instant.from(`${day}T${time}${zone}`).epochMilliseconds;
  } catch {
    return undefined;
  }
};
