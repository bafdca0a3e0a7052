import { spawnSync } from 'node:child_process';

import { describe, expect, it } from 'vitest';

import { type Asked, blocksFor, systems } from './install.ts';

const asked: Asked = { server: 'https://fettle.example', token: `ft_${'x'.repeat(43)}`, version: '0.1.0' };
const NASTY = `ft_'"; touch $(id) \`id\` %PATH% & | > x`;

const linesOf = (change: Partial<Asked> = {}) =>
  systems.flatMap((system) => blocksFor(system, { ...asked, ...change }).flatMap(({ lines }) => lines));

describe('the commands', () => {
  it.each(systems)('for %s name the server, the token and the version of the package', (system) => {
    const blocks = blocksFor(system, asked);
    expect(blocks.length).toBeGreaterThan(0);
    for (const { lines } of blocks) {
      const text = lines.join('\n');
      expect(text).toContain(asked.server);
      expect(text).toContain(asked.token);
      if (system !== 'source') expect(text).toContain(asked.version);
    }
  });

  it('give the token to an agent by standard input, and a real shell gives it as it is', () => {
    const piped = linesOf({ token: NASTY }).filter((line) => line.includes('enroll'));
    expect(piped).toHaveLength(7);
    for (const line of piped) {
      const [command, rest] = [line.slice(0, line.lastIndexOf(' | ')), line.slice(line.lastIndexOf(' | '))];
      expect(rest).toMatch(/ enroll --server 'https:\/\/fettle\.example' --token -$/);
      expect(spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).stdout).toBe(NASTY);
    }
  });

  it('are left out for a prompt that cannot be given the token', () => {
    expect(blocksFor('windows', asked).map(({ where }) => where)).toHaveLength(2);
    expect(blocksFor('windows', { ...asked, token: NASTY }).map(({ where }) => where)).toEqual([
      'PowerShell, as administrator',
    ]);
    expect(blocksFor('windows', { ...asked, token: NASTY })[0]?.lines[0]).toContain(
      `ENROLLTOKEN="ft_''""; touch $(id) \`id\` %PATH% & | > x"'`,
    );
  });

  it('are none where the token is no line of text', () => {
    expect(linesOf({ token: 'a\nb' })).toEqual([]);
  });
});
