// A digest that is too long for one record comes as several, each of which speaks of a range of alerts and of no others.

/** One alert of a device, by its rule and instance. */
export type DigestPlace = { readonly rule: string; readonly instance: string };
/** From behind `after` up to `to`; without one of them there is no bound on that side. */
export type DigestRange = { readonly after?: DigestPlace; readonly to?: DigestPlace };

/** By rule, then by instance, each by the bytes of its UTF-8, which is also the order of its code points. @returns below, 0 or above 0 */
export const comparePlaces = (a: DigestPlace, b: DigestPlace): number =>
  compareTexts(a.rule, b.rule) || compareTexts(a.instance, b.instance);

export const isInRange = (place: DigestPlace, { after, to }: DigestRange): boolean =>
  (!after || comparePlaces(place, after) > 0) && (!to || comparePlaces(place, to) <= 0);

const compareTexts = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return rankAt(a, at) - rankAt(b, at);
  }
  return a.length - b.length;
};

/** UTF-16 puts halves of a pair below U+E000 to U+FFFF, although what they stand for is above. */
const rankAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  if (code < 0xd8_00) return code;
  return code < 0xe0_00 ? code + 0x20_00 : code - 0x8_00;
};
