// Facts are told when they change, in records that fit into a frame.
import { contentHash } from '@fettle/shared/rule/hash';

import type { Section } from './collector.ts';

const RECORD_MAX_BYTES = 40 * 1024;
const SECTIONS_MAX = 40;

export class Sections {
  readonly #told = new Map<string, string>();

  /** What is new or different since the last call, by record. */
  changed(sections: readonly Section[]): readonly (readonly Section[])[] {
    const records: Section[][] = [];
    let bytes = RECORD_MAX_BYTES;
    for (const section of sections.filter((one) => this.#isNews(one))) {
      const size = Buffer.byteLength(JSON.stringify(section));
      const isFull = bytes + size > RECORD_MAX_BYTES || (records.at(-1)?.length ?? 0) >= SECTIONS_MAX;
      if (isFull) records.push([]);
      bytes = isFull ? size : bytes + size;
      records.at(-1)?.push(section);
    }
    return records;
  }

  #isNews(section: Section): boolean {
    const hash = contentHash(section);
    if (this.#told.get(section.id) === hash) return false;
    this.#told.set(section.id, hash);
    return true;
  }
}
