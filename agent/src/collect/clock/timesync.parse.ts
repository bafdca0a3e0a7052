// `timedatectl timesync-status` (timedatectl(1)): for people, but in the C locale always the same, and the only place where
// systemd-timesyncd tells how far the clock was off when it last asked. Time spans are those of systemd.time(7).
const OFFSET = /^ *Offset: [+-]([^\r\n]+)$/m;
const PART = /^(\d{1,12}(?:\.\d{1,9})?)(us|ms|s|min|h|d)$/;
const SECONDS: ReadonlyMap<string, number> = new Map([
  ['us', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** Seconds, either way; undefined where no server has answered yet, or for anything else. */
export const parseTimesyncOffset = (text: string): number | undefined => {
  const parts = OFFSET.exec(text)?.[1]?.trim().split(' ').map(secondsOf) ?? [undefined];
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known.reduce((sum, part) => sum + part, 0) : undefined;
};

const secondsOf = (part: string): number | undefined => {
  const [, value = '', unit = ''] = PART.exec(part) ?? [];
  const seconds = SECONDS.get(unit);
  return seconds === undefined ? undefined : Number(value) * seconds;
};
