// Which sensors and fans this machine has. Looked for at start and each hour: it changes only with a driver or a card.
import type { Host } from '../../host/host.ts';
import { chipParts } from './chips.ts';
import type { Draft, Part } from './part.ts';
import { zoneParts } from './zones.ts';

export const findParts = async (host: Host): Promise<readonly Part[]> => {
  const chips = await chipParts(host);
  return named([...chips, ...(await zoneParts(host, chips))]);
};

const named = (drafts: readonly Draft[]): readonly Part[] => {
  const ids = unique(drafts.map(({ chipId, file }) => `${chipId}/${file}`));
  const names = namesOf(drafts);
  return drafts.map(({ file: _file, label: _label, place: _place, ...draft }, index) => ({
    ...draft,
    id: ids[index] ?? draft.path,
    name: names[index] ?? draft.path,
  }));
};

/** As short as it can be and still say which: "coretemp Core 0", with its place behind it on a machine with two such. */
const namesOf = (drafts: readonly Draft[]): readonly string[] => {
  const shorts = drafts.map(({ chip, label, file }) => `${chip} ${label === '' ? file : label}`);
  const counts = new Map<string, number>();
  for (const short of shorts) counts.set(short, (counts.get(short) ?? 0) + 1);
  return unique(
    drafts.map(({ place }, index) => {
      const short = shorts[index] ?? '';
      return counts.get(short) === 1 || place === '' ? short : `${short} (${place})`;
    }),
  );
};

/** A second of the same gets "#2" and so on, so that each stands for one. */
const unique = (texts: readonly string[]): readonly string[] => {
  const seen = new Map<string, number>();
  return texts.map((text) => {
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return count === 1 ? text : `${text} #${count}`;
  });
};
