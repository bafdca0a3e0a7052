import type { ServerHealth } from '@fettle/shared/api/server-health.schema';
import { expect, it } from 'vitest';

import { healthWords } from './health-words.ts';

const backup = { at: '2026-03-01T12:00:00.000Z', kind: 'daily', path: null, problems: ['no room for it'] } as const;
const health = (change: Partial<ServerHealth>): ServerHealth => ({ problems: [], damage: [], backup: null, ...change });

it.each<[what: string, health: ServerHealth, words: readonly RegExp[]]>([
  ['a well server', health({}), []],
  ['a full disk', health({ problems: ['disk_full'] }), [/disk of the server is full.*make room/]],
  ['damage', health({ problems: ['damaged'], damage: ['page 7'] }), [/damaged \(page 7\).*fettle-server restore/]],
  ['damage nobody names', health({ problems: ['damaged'] }), [/damaged \(see its log\)/]],
  [
    'a backup that failed',
    health({ problems: ['backup_failed'], backup: { ...backup, problems: ['no room for it'] } }),
    [/last backup \(1 Mar 2026.*no room for it/],
  ],
  ['no backup, or none that we are told of', health({ problems: ['backup_old'] }), [/no backup for two days/]],
  [
    'tickets that are not elsewhere',
    health({ problems: ['external_failing'] }),
    [/other ticket system.*tickets\/ID\/external/],
  ],
  ['a message that was given up', health({ problems: ['notice_dead'] }), [/given up.*send it again/]],
  [
    'an old backup on a full disk',
    health({ problems: ['disk_full', 'backup_old'], backup: { ...backup, problems: [] } }),
    [/disk/, /no backup since 1 Mar 2026/],
  ],
])('%s', (_what, of, words) => {
  const said = healthWords(of);
  expect(said).toHaveLength(words.length);
  for (const [index, text] of said.entries()) expect(text).toMatch(words[index] ?? /never/);
});
