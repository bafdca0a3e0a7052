// Facts for people, as a section takes them.
import { cleanText } from '@fettle/shared/wire/bytes';

import type { Section } from './collector.ts';

export type Fact = Section['facts'][number];

/** What one section may have: wire/record.schema.ts. */
const FACTS_MAX = 200;
/** A section is sent whole in one frame, which ends at 64 KiB. */
const SECTION_MAX_BYTES = 30 * 1024;
const LABEL_MAX_BYTES = 100;
const VALUE_MAX_BYTES = 500;
/** What JSON writes around a label and a value, and a little more for what it escapes. */
const FRAME_BYTES = 30;

/** Nothing for a value that is not known. */
export const fact = (label: string, value: string | number | undefined): Fact[] => {
  const text = value === undefined ? '' : cleanText(String(value).trim(), VALUE_MAX_BYTES);
  return text === '' ? [] : [{ label: cleanText(label, LABEL_MAX_BYTES), value: text }];
};

/** Facts by the section that each fits into, in their order. */
export const pagesOf = (facts: readonly Fact[]): readonly Fact[][] => {
  const pages: Fact[][] = [];
  let bytes = SECTION_MAX_BYTES;
  for (const one of facts) {
    const size = Buffer.byteLength(one.label) + Buffer.byteLength(one.value) + FRAME_BYTES;
    const isFull = bytes + size > SECTION_MAX_BYTES || (pages.at(-1)?.length ?? 0) >= FACTS_MAX;
    if (isFull) pages.push([]);
    bytes = isFull ? size : bytes + size;
    pages.at(-1)?.push(one);
  }
  return pages;
};

/** As many facts as one section takes; where that is not all of them, the last says how many are missing. */
export const onePage = (facts: readonly Fact[]): Fact[] => {
  const [first = [], ...more] = pagesOf(facts);
  if (more.length === 0) return first;
  const shown = first.slice(0, -1);
  return [...shown, ...fact('And more', facts.length - shown.length)];
};
