// A digest as records: one, or where it is too long for that several, each of which speaks of a range of alerts.
import { type DigestPlace, type DigestRange, comparePlaces } from '@fettle/shared/wire/digest-range';
import type { Digest } from '@fettle/shared/wire/record.schema';

/** With room for what a frame and a spool say around it. */
const PART_MAX_BYTES = 48 * 1024;
/** Of each list of a record. */
const LISTED_MAX = 500;

/** All that a digest says of one place. */
type Said = { readonly place: DigestPlace; readonly open: Digest['open']; readonly undecided: Digest['undecided'] };

type Part = { readonly said: readonly Said[]; readonly bytes: number };

/** @param whole with lists of any length; @returns records that say the same, if all of them take their places in a row */
export const digestParts = (whole: Digest): readonly Digest[] => {
  const parts = partsOf(saidIn(whole));
  if (parts.length <= 1) return [whole];
  return parts.map(({ said }, index) => {
    const after = parts[index - 1]?.said.at(-1)?.place;
    const to = index < parts.length - 1 ? said.at(-1)?.place : undefined;
    return recordOf(whole, said, { ...(after && { after }), ...(to && { to }) });
  });
};

/** A judged rule has a place of its own, before its instances, so that it is in some range although nothing is open. */
const saidIn = ({ open, undecided, judged }: Digest): readonly Said[] => {
  const all = new Map<string, { place: DigestPlace; open: Digest['open']; undecided: Digest['undecided'] }>();
  const at = ({ rule, instance }: DigestPlace) => {
    const name = `${rule}\n${instance}`;
    const said = all.get(name) ?? { place: { rule, instance }, open: [], undecided: [] };
    all.set(name, said);
    return said;
  };
  for (const rule of judged) at({ rule, instance: '' });
  for (const alert of open) at(alert).open.push(alert);
  for (const one of undecided) at(one).undecided.push(one);
  return [...all.values()].toSorted((a, b) => comparePlaces(a.place, b.place));
};

const partsOf = (all: readonly Said[]): readonly Part[] => {
  const parts: { said: Said[]; bytes: number }[] = [];
  for (const said of all) {
    const bytes = Buffer.byteLength(JSON.stringify(said));
    const last = parts.at(-1);
    if (!last || last.bytes + bytes > PART_MAX_BYTES || last.said.length >= LISTED_MAX - 1) {
      parts.push({ said: [said], bytes });
    } else {
      last.said.push(said);
      last.bytes += bytes;
    }
  }
  return parts;
};

const recordOf = (whole: Digest, said: readonly Said[], range: DigestRange): Digest => {
  // what a range begins behind may be of a rule that goes on in it
  const rules = new Set([...(range.after ? [range.after.rule] : []), ...said.map(({ place }) => place.rule)]);
  return {
    ...whole,
    range,
    open: said.flatMap(({ open }) => open),
    judged: whole.judged.filter((rule) => rules.has(rule)),
    undecided: said.flatMap(({ undecided }) => undecided),
  };
};
