// The sample of a configuration profile, as macOS and then the agent would read it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parsePlist } from '@fettle/agent/collect/mac/plist.parse';
import { loadConfig } from '@fettle/agent/config/config';
import { managedTree } from '@fettle/agent/config/managed';
import { settings } from '@fettle/agent/config/settings';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { IDENTIFIER } from './documents.ts';

const payload = z.record(z.string(), z.json());
const profileSchema = z.object({
  PayloadType: z.literal('Configuration'),
  PayloadScope: z.literal('System'),
  PayloadContent: z.tuple([payload]),
});

const file = join(import.meta.dirname, '../../../agent/packaging/macos/fettle.mobileconfig');
const text = readFileSync(file, 'utf8');
const profile = profileSchema.parse(parsePlist(text));
const [inner] = profile.PayloadContent;
const keys = Object.keys(inner).filter((key) => !key.startsWith('Payload'));

const folder = mkdtempSync(join(tmpdir(), 'fettle-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the sample of a configuration profile', () => {
  it('is for the whole Mac, with a payload for the agent', () => {
    expect(inner['PayloadType']).toBe(IDENTIFIER);
  });

  it('has an identifier for each of its parts', () => {
    const ids = [...text.matchAll(/<key>PayloadUUID<\/key>\s*<string>([\dA-F-]{36})<\/string>/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it.each(keys)('%s is a name that the agent knows', (key) => {
    const [name = ''] = Object.keys(managedTree(JSON.stringify({ [key]: '' })) ?? {});
    expect(name).not.toBe(key);
    expect(settings.map((setting): string => setting.key)).toContain(name);
  });

  it('is taken by the agent, each of its values', () => {
    const empty = join(folder, 'empty.toml');
    writeFileSync(empty, '');
    const managed = { path: '/Library/Managed Preferences/com.fettle.agent.plist', json: JSON.stringify(inner) };
    const { config, origins } = loadConfig({ flags: { config: empty }, env: {}, platform: 'darwin', managed });
    expect(config).toMatchObject({ 'server.url': 'https://fettle.example', 'enroll.token': 'TOKEN', tags: ['mac'] });
    const fromProfile = Object.values(origins).filter((origin) => origin === `managed policy ${managed.path}`);
    expect(fromProfile).toHaveLength(keys.length);
  });
});
