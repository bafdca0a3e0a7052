/** More than any unit has. */
const LINES_MAX = 10_000;

/** `KEY=VALUE` lines, as systemd's tools write them for programs (systemctl(1), timedatectl(1), `show`). The first of a key counts. */
export const parseProperties = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const line of text.split('\n', LINES_MAX).map((one) => one.replace(/\r$/, ''))) {
    const at = line.indexOf('=');
    if (at > 0 && !found.has(line.slice(0, at))) found.set(line.slice(0, at), line.slice(at + 1));
  }
  return found;
};
