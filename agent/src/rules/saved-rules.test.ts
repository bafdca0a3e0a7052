// The server's rules over a restart: its last word as it came, else the pack.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import { afterAll, expect, it } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { diskRule } from './fixture.ts';
import { loadRules, saveRules } from './saved-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-rules-'));
const path = join(folder, 'rules.json');
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['the pack', pack],
  ['one rule', [diskRule]],
  ['no rule at all', []],
])('%s, told by a server, comes back as it came', async (_name, rules) => {
  await saveRules(nodeFs, path, { version: 'v7', rules });
  expect(await loadRules(nodeFs, path)).toEqual({ version: 'v7', rules, leftOut: [] });
});

it('a rule that this version does not know is kept for the next one, and does not take the others with it', async () => {
  const newer = { ...diskRule, id: 'newer', kind: 'forecast', horizonMs: 7 };
  const sent = { version: 'v7', rules: [newer, diskRule] };
  await saveRules(nodeFs, path, sent);
  expect(await loadRules(nodeFs, path)).toMatchObject({
    version: 'v7',
    rules: [diskRule],
    leftOut: [{ rule: 'newer' }],
  });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ type: 'rules', ruleSet: sent });
});

const good = JSON.stringify({ type: 'rules', ruleSet: { version: 'v7', rules: [diskRule] } });

it.each([
  ['missing', undefined],
  ['empty', ''],
  ['torn', good.slice(0, -20)],
  ['of zeros, as after a power cut', '\0'.repeat(100)],
  ['another message', JSON.stringify({ type: 'live', everyMs: 1_000, forMs: 60_000 })],
  ['a rule without a kind', good.replace('"threshold"', '7')],
])(
  'a copy that is %s is as good as none: the pack is in force, and the server is asked for its own',
  async (_name, text) => {
    if (text === undefined) rmSync(path, { force: true });
    else writeFileSync(path, text);
    expect(await loadRules(nodeFs, path)).toEqual({ version: ruleSetVersion(pack), rules: pack, leftOut: [] });
  },
);
