// What the script of script.ts wrote: JSON between marks. What stands outside of them is passed over, and what stands between them
// may be broken into lines at any width.
import type { Reason, ReasonCode } from '@fettle/shared/wire/record.schema';

import { isRecord, parseJson } from '../json.parse.ts';
import { remark } from '../smart/fields.parse.ts';
import { MARK } from './script.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What came of one question. */
export type Section = { readonly rows: readonly Row[] } | { readonly reason: Reason };

/** By the section's id. What is not there was not answered. */
export type Answer = ReadonlyMap<string, Section>;

/** More instances of a class than any machine has for good reason. */
const ROWS_MAX = 2_000;

export const parseAnswer = (text: string): Answer => {
  const sections = new Map<string, Section>();
  for (const part of text.split(`${MARK.begin} `).slice(1)) {
    const id = /^[a-zA-Z]{1,40}/.exec(part)?.[0] ?? '';
    const end = part.indexOf(`${MARK.end} ${id}`);
    if (id !== '' && end >= 0) sections.set(id, sectionOf(id, part.slice(id.length, end)));
  }
  return sections;
};

const sectionOf = (id: string, json: string): Section => {
  const said = parseJson(json.replaceAll(/[\r\n]+/g, ''));
  if (isRecord(said) && 'failed' in said) return { reason: failureOf(id, said) };
  if (isRecord(said) && 'rows' in said) return { rows: rowsOf(said['rows']) };
  return { reason: { code: 'parse_error', detail: `${id}: PowerShell did not answer as expected` } };
};

/** ConvertTo-Json of PowerShell 5.1 writes a list of one as the one, and some lists as what wraps them. */
const rowsOf = (value: unknown): readonly Row[] => {
  const list = isRecord(value) && Array.isArray(value['value']) && 'Count' in value ? value['value'] : value;
  return (Array.isArray(list) ? list : [list]).filter(isRecord).slice(0, ROWS_MAX);
};

/** Messages speak the language of the system: only what does not is judged. MI_RESULT and WBEM_E_ values of Microsoft's wmi.h. */
const CODES: readonly (readonly [RegExp, ReasonCode])[] = [
  [/PermissionDenied|AccessDenied|0x80041003|0x80070005/i, 'permission'],
  [/CommandNotFound/i, 'tool_missing'],
  [/0x8004100c|0x80041010|NotImplemented|ObjectNotFound/i, 'no_hardware'],
  [/OperationTimeout|0x80041069|0x800705b4/i, 'timeout'],
  [/CannotCreateTypeConstrainedLanguage|ConstrainedLanguage|MethodInvocationNotSupported/i, 'policy_blocked'],
];

const failureOf = (id: string, { failed, category, id: errorId }: Row): Reason => {
  const marks = [category, errorId].filter((one) => typeof one === 'string').join(' ');
  const code = CODES.find(([pattern]) => pattern.test(marks))?.[1] ?? 'service_broken';
  return { code, detail: `${id}: ${remark(failed) ?? 'PowerShell failed without a word'}` };
};
