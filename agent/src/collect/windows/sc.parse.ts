// Services without WMI: what `sc.exe` and `reg.exe` write. Their labels speak the language of the system, so that it is the order
// of lines that counts.
import type { Service } from './services.parse.ts';

/** SERVICE_STATUS of winsvc.h, as the catalogue has it: 1 stopped, 2 starting, 3 stopping, 4 running, 5 and 6 resume and pause, 7 paused. */
const STATES: readonly (number | undefined)[] = [undefined, 0, 2, 3, 1, 2, 0, 0];
const SERVICES_MAX = 2_000;

export type ScState = Pick<Service, 'name' | 'state' | 'exitCode'>;

/**
 * `sc query type= service state= all`: for each a line with its name and one with what is displayed, then, indented, type, state, its
 * flags in brackets, and exit code, each "label : number word".
 */
export const parseSc = (text: string): readonly ScState[] =>
  text
    .split(/\r?\n[ \t]{0,20}\r?\n/, SERVICES_MAX)
    .map(blockOf)
    .filter((service) => service !== undefined);

const blockOf = (block: string): ScState | undefined => {
  const lines = block.split(/\r?\n/).filter((line) => line.trim() !== '');
  const name = /^\S[^:]{0,60}:\s{1,20}(\S[^\r\n]{0,255})$/.exec(lines[0] ?? '')?.[1]?.trim();
  const [, state, exitCode] = lines.flatMap((line) => {
    const value = /^\s[^:]{1,60}:\s{1,20}([0-9a-f]{1,10})(?:\s|$)/.exec(line)?.[1];
    return value === undefined ? [] : [Number(value)]; // the type is hexadecimal, and nobody wants it
  });
  return name === undefined || state === undefined
    ? undefined
    : { name, state: STATES[state], exitCode: exitCode || 0 };
};

const KEY = /^HKEY_LOCAL_MACHINE\\SYSTEM\\[^\\]{1,60}\\Services\\([^\\\r\n]{1,256})(\\[^\r\n]{1,400})?$/i;
const NUMBER = /^\s+(\S{1,60})\s+REG_DWORD\s+0x([0-9a-f]{1,8})\s*$/i;

/** `reg query HKLM\SYSTEM\CurrentControlSet\Services /s /v Start`: the value of each service's own key, by its name in small letters. */
export const parseNumbers = (text: string): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const key = KEY.exec(line);
    if (key) name = key[2] === undefined ? key[1]?.toLowerCase() : undefined;
    const value = NUMBER.exec(line)?.[2];
    if (name !== undefined && value !== undefined) found.set(name, Number.parseInt(value, 16));
  }
  return found;
};

/** `reg query … /s /k /e /f TriggerInfo`: the services that have such a subkey, in small letters. */
export const parseSubkeys = (text: string): ReadonlySet<string> =>
  new Set(
    text.split(/\r?\n/).flatMap((line) => {
      const [, name, rest] = KEY.exec(line) ?? [];
      return name !== undefined && rest?.toLowerCase() === String.raw`\triggerinfo` ? [name.toLowerCase()] : [];
    }),
  );

/** Start type "automatic" of winsvc.h. */
const AUTOMATIC = 2;

export const joined = (
  states: readonly ScState[],
  start: ReadonlyMap<string, number>,
  delayed: ReadonlyMap<string, number>,
  triggers: ReadonlySet<string>,
): readonly Service[] =>
  states.map((service) => {
    const name = service.name.toLowerCase();
    return {
      ...service,
      isAutomatic: start.get(name) === AUTOMATIC,
      isDelayed: delayed.get(name) === 1,
      isTriggered: triggers.has(name),
    };
  });
