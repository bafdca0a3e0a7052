// What came back from smartctl for one device: a disk, a sleeping one, or why neither. Its exit status is a bit mask of which
// most bits are findings, not failures (smartctl(8), EXIT STATUS), so that the JSON counts and the status helps.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { isRecord, parseJson } from '../json.parse.ts';
import { type Disk, type Unread, parseDisk } from './disk.parse.ts';
import { listOf, pick, remark, whole, words } from './fields.parse.ts';

export type Answer =
  | { readonly kind: 'disk'; readonly disk: Disk }
  | { readonly kind: 'asleep' }
  /** There is a disk, and nothing to be had from it. */
  | { readonly kind: 'mute'; readonly reason: Reason }
  /** It could not be opened; `isGone`: because nothing is there. */
  | { readonly kind: 'closed'; readonly reason: Reason; readonly isGone: boolean }
  /** No answer, or one that cannot be understood. */
  | { readonly kind: 'failed'; readonly reason: Reason };

/** The status that `-n standby,3` asks for: no other case sets both of its bits. */
export const ASLEEP = 3;
/** Bit 0: the command line was not understood; bit 1: the device could not be opened or did not say who it is. */
const NOT_READ = 0x03;
const FIRST_JSON = 7;

/** @param device how it is called in reasons. @param output what smartctl wrote, and its exit status */
export const parseAnswer = (device: string, output: { readonly code: number; readonly stdout: string }): Answer => {
  const document = parseJson(output.stdout);
  if (!isRecord(document)) return failed(notJson(output.stdout));
  const status = whole(pick(document, 'smartctl', 'exit_status')) ?? output.code;
  const said = messagesOf(document);
  if (status === ASLEEP && said.some((text) => /device is in .{1,40} mode/i.test(text))) return { kind: 'asleep' };
  const disk = parseDisk(document);
  if (typeof disk !== 'string') return { kind: 'disk', disk };
  if (document['smartctl'] === undefined) return failed(notJson(output.stdout)); // JSON of something else
  if ((status & NOT_READ) !== 0) return closed(device, said[0] ?? 'smartctl could not open it');
  return { kind: 'mute', reason: muteReason(device, disk, document) };
};

/** Text in place of JSON: before 7.0, smartctl knows no --json (its NEWS). */
export const notJson = (stdout: string): Reason => {
  const version = /^smartctl (\d{1,3})\.(\d{1,3})/m.exec(stdout);
  if (version && Number(version[1]) < FIRST_JSON)
    return {
      code: 'tool_too_old',
      detail: `smartctl ${version[1]}.${version[2]} cannot write JSON`,
      fix: 'install smartmontools 7.0 or newer',
    };
  return { code: 'parse_error', detail: 'smartctl did not answer in JSON' };
};

const isError = (message: unknown): boolean => pick(message, 'severity') === 'error';

/** What smartctl has to say beside the values, errors first. */
export const messagesOf = (document: unknown): readonly string[] => {
  const messages = listOf(pick(document, 'smartctl', 'messages'));
  const sorted = [...messages.filter(isError), ...messages.filter((message) => !isError(message))];
  return sorted.flatMap((message) => remark(pick(message, 'string')) ?? []);
};

const failed = (reason: Reason): Answer => ({ kind: 'failed', reason });

/** A device that could not be opened, for this reason. */
export const closed = (device: string, said: string): Answer => {
  const detail = said.includes(device) ? said : `${device}: ${said}`;
  return { kind: 'closed', reason: openReason(detail), isGone: isGone(detail) };
};

/** ENODEV, ENXIO and ENOENT, in the words of the C locale. */
const isGone = (detail: string): boolean => /no such (?:device|file)/i.test(detail);

/** Why a device could not be opened, by what smartctl wrote of it. */
export const openReason = (detail: string): Reason => {
  if (/permission denied|operation not permitted/i.test(detail))
    return { code: 'permission', detail, fix: 'let the agent run as root, with CAP_SYS_RAWIO and CAP_SYS_ADMIN' };
  if (
    /unable to detect device type|unknown usb bridge|unsupported|not supported|unknown device type|specify device type/i.test(
      detail,
    )
  )
    return { code: 'no_hardware', detail, fix: "name the disk's type in a [[disk]] of agent.toml, or skip it there" };
  if (isGone(detail)) return { code: 'no_hardware', detail };
  return { code: 'service_broken', detail };
};

const VIRTUAL = /\bvirtual\b|qemu|vbox|vmware|msft|\bxen\b|google persistentdisk/i;

const muteReason = (device: string, why: Unread, document: unknown): Reason => {
  const model = [pick(document, 'model_name'), pick(document, 'scsi_model_name')]
    .map((text) => words(text))
    .find(Boolean);
  const name = model === undefined ? device : `${device} (${model})`;
  if (why === 'SMART is off')
    return { code: 'policy_blocked', detail: `SMART is switched off on ${name}`, fix: `smartctl -s on ${device}` };
  if (why === 'no identity') return { code: 'no_hardware', detail: `${name} says no serial number to know it by` };
  return { code: VIRTUAL.test(name) ? 'virtual' : 'no_hardware', detail: `${name} has no SMART` };
};
