// `zypper --xmlout list-updates` and `list-patches`: an <update …> each, with its attributes in the tag (zypper(8), xmlout.rnc).
import { PENDING_MAX, type Pending } from './pending.ts';

const TAG = /<update ([^<>]{1,4000})>/g;
const ATTRIBUTE = /([a-z-]+)="([^"<>]*)"/g;

/** The updates of packages. @returns undefined where the answer is not whole */
export const parseZypperUpdates = (xml: string): readonly Pending[] | undefined =>
  updatesIn(xml)?.flatMap((update) => {
    const { name, edition, kind } = update;
    const from = update['edition-old'];
    if (kind !== 'package' || name === undefined || edition === undefined) return [];
    return [{ name, to: edition, isSecurity: false, ...(from !== undefined && { from }) }];
  });

/** The patches for security that this system needs: each may bring several packages. */
export const parseZypperPatches = (xml: string): readonly Pending[] | undefined =>
  updatesIn(xml)?.flatMap(({ name, edition, kind, category, status }) =>
    kind === 'patch' && category === 'security' && status === 'needed' && name !== undefined && edition !== undefined
      ? [{ name, to: edition, isSecurity: true }]
      : [],
  );

type Tag = Readonly<Record<string, string | undefined>>;

const updatesIn = (xml: string): readonly Tag[] | undefined => {
  if (!xml.includes('</update-status>')) return undefined;
  const tags = xml.matchAll(TAG).take(PENDING_MAX);
  return [...tags].map(([, inner = '']) =>
    Object.fromEntries(Array.from(inner.matchAll(ATTRIBUTE), ([, key = '', value = '']) => [key, unescape(value)])),
  );
};

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
]);

const unescape = (text: string): string => text.replaceAll(/&[a-z]+;/g, (entity) => ENTITIES.get(entity) ?? entity);
