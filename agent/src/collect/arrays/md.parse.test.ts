// The state of an md array, of files made up for each way to fail, and whatever they hold.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type MdFiles, parseMd } from './md.parse.ts';

describe('an md array', () => {
  const GOOD: MdFiles = {
    arrayState: 'clean\n',
    level: 'raid5\n',
    metadata: '1.2\n',
    raidDisks: '4\n',
    degraded: '0\n',
    syncAction: 'idle\n',
    members: new Map([['sda', 'in_sync\n']]),
  };
  const members = (...states: readonly string[]) => new Map(states.map((state, index) => [`sd${index}`, `${state}\n`]));

  it.each<[what: string, files: Partial<MdFiles>, state: string, missing: number | undefined]>([
    ['is healthy', {}, 'healthy', 0],
    ['is healthy while it is checked', { syncAction: 'check' }, 'healthy', 0],
    ['is healthy while it is repaired on demand', { syncAction: 'repair' }, 'healthy', 0],
    ['is healthy when read only', { arrayState: 'read-auto' }, 'healthy', 0],
    ['is new and filled', { syncAction: 'resync' }, 'rebuilding', 0],
    ['grows', { syncAction: 'reshape' }, 'rebuilding', 0],
    ['lacks a disk', { degraded: '1' }, 'degraded', 1],
    ['lacks a disk and is checked', { degraded: '1', syncAction: 'check' }, 'degraded', 1],
    [
      'lacks a disk, a spare is filled',
      { degraded: '1', syncAction: 'recover', members: members('in_sync', 'spare') },
      'rebuilding',
      1,
    ],
    [
      'of level 6 lacks two, one spare is filled',
      { level: 'raid6', degraded: '2', syncAction: 'recover', members: members('spare') },
      'degraded',
      2,
    ],
    ['of level 6 lacks two', { level: 'raid6', degraded: '2' }, 'degraded', 2],
    ['of level 6 lacks three', { level: 'raid6', degraded: '3' }, 'failed', 3],
    ['of level 5 lacks two', { degraded: '2' }, 'failed', 2],
    ['of level 4 lacks two', { level: 'raid4', degraded: '2' }, 'failed', 2],
    ['is a mirror of three with one left', { level: 'raid1', raidDisks: '3', degraded: '2' }, 'degraded', 2],
    ['is a mirror with none left', { level: 'raid1', raidDisks: '2', degraded: '2' }, 'failed', 2],
    ['of level 10 lacks two', { level: 'raid10', degraded: '2' }, 'degraded', 2],
    [
      'does not run',
      { arrayState: 'inactive', degraded: undefined, syncAction: undefined, level: '' },
      'failed',
      undefined,
    ],
    ['is broken', { arrayState: 'broken', level: 'raid0', degraded: undefined }, 'failed', undefined],
    ['without redundancy', { level: 'raid0', degraded: undefined, syncAction: undefined }, 'healthy', undefined],
    [
      'without redundancy has lost a disk',
      { level: 'linear', degraded: undefined, members: members('faulty,blocked') },
      'failed',
      undefined,
    ],
    ['of a container', { metadata: 'external:/md127/0' }, 'healthy', 0],
  ])('%s', (_, files, state, missing) => {
    expect(parseMd({ ...GOOD, ...files })).toMatchObject({ state, missing });
  });

  it.each<[what: string, files: Partial<MdFiles>]>([
    ['an empty slot', { arrayState: 'clear' }],
    ['nothing', { arrayState: '' }],
    ['a container', { metadata: 'external:imsm', arrayState: 'inactive' }],
  ])('is not %s', (_, files) => {
    expect(parseMd({ ...GOOD, ...files })).toBeUndefined();
  });

  it('names its faulty members', () => {
    expect(parseMd({ ...GOOD, members: members('in_sync', 'faulty', 'faulty,write_mostly', 'spare') })?.faulty).toEqual(
      ['sd1', 'sd2'],
    );
  });

  const word = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom('clean', 'inactive', 'raid1', 'recover', '0', '1', 'faulty'),
  );
  it('has a state and clean numbers, whatever its files hold', () => {
    const files = fc.record({
      arrayState: word,
      level: word,
      metadata: word,
      raidDisks: word,
      degraded: fc.option(word, { nil: undefined }),
      syncAction: fc.option(word, { nil: undefined }),
      members: fc.array(fc.tuple(fc.string(), word)).map((all) => new Map(all)),
    });
    fc.assert(
      fc.property(files, (any) => {
        const { state = 'healthy', missing = 0, disks = 0 } = parseMd(any) ?? {};
        expect(['healthy', 'rebuilding', 'degraded', 'failed']).toContain(state);
        expect([missing, disks].every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      }),
    );
  });
});
