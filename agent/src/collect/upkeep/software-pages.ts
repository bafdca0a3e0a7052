// The list of what is installed, cut into sections.
import { cleanText } from '@fettle/shared/wire/bytes';

import { byName } from '../by-name.ts';
import type { Section } from '../collector.ts';
import { fact, pagesOf } from '../facts.ts';
import type { Package } from './packages.parse.ts';

/** Twice what 5,000 packages need: names and versions can be long. */
export const PAGES_MAX = 50;

/** @param packages each name once. @param known how many pages there ever were: those no longer used are sent empty, which removes them */
export const softwarePages = (packages: readonly Package[], known: number): readonly Section[] => {
  const pages = pagesOf(packages.flatMap(({ name, version }) => fact(name, version))).slice(0, PAGES_MAX);
  const used = pages.map((facts, index) => ({
    id: `software.${index + 1}`,
    title: `Software (${range(facts[0]?.label ?? '', facts.at(-1)?.label ?? '')})`,
    facts,
  }));
  const unused = Array.from({ length: Math.max(0, known - pages.length) }, (_, index) => ({
    id: `software.${pages.length + index + 1}`,
    title: 'Software',
    facts: [],
  }));
  return [...used, ...unused];
};

/** Of a name, enough to find the page. */
const HINT_BYTES = 12;
const range = (first: string, last: string): string =>
  `${cleanText(first, HINT_BYTES)} – ${cleanText(last, HINT_BYTES)}`;

/** One line per name, in the order of names; several versions of one name, as kernels have them, are one. */
export const merged = (packages: readonly Package[]): readonly Package[] => {
  const versions = Map.groupBy(packages, ({ name }) => name);
  return [...versions]
    .map(([name, all]) => ({ name, version: [...new Set(all.map(({ version }) => version))].join(', ') }))
    .toSorted(byName);
};
