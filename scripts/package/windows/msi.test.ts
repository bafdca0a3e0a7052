// The installer of a few files by the real tools, where this machine has them: the same bytes for the same files, and what is in it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { runTool } from '../tools.ts';
import { textEntry } from '../tree.ts';
import { buildMsi } from './msi.ts';
import { withFixedTimes } from './summary-times.ts';
import { idOf } from './uuid.ts';
import { productCodeOf } from './wxs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-msi-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const make = async (name: string, text: string, version = '1.2.3'): Promise<string> => {
  const [work, file] = [join(folder, name), join(folder, `${name}.msi`)];
  mkdirSync(work);
  const entries = [textEntry('verbs/a & b.js', text), textEntry('fettle-agent.exe', 'MZ')];
  await buildMsi({ entries, version, epochS: 1_700_000_000, work, file });
  return file;
};
const packageCode = async (file: string): Promise<string | undefined> =>
  /\{[0-9A-F-]+\}/.exec(await runTool({ program: 'msiinfo', debian: 'msitools' }, ['suminfo', file]))?.[0];

const need = missing(needs.msitools);
describe.skipIf(need.skip)(`an installer${need.why}`, () => {
  it('is the same bytes for the same files, and another package for other ones', async () => {
    const [one, same, other] = [await make('one', 'x'), await make('same', 'x'), await make('other', 'y')];
    expect(readFileSync(one).equals(readFileSync(same))).toBe(true);
    expect(await packageCode(other)).not.toBe(await packageCode(one));
  });

  it('has its files under their names', async () => {
    const file = await make('named', 'x');
    const listed = await runTool({ program: 'msiextract', debian: 'msitools' }, ['--list', file]);
    expect(listed.trim().split('\n').toSorted()).toEqual([
      'Fettle Agent/fettle-agent.exe',
      'Fettle Agent/verbs/a & b.js',
    ]);
  });
});

describe('what makes an installer the same each time', () => {
  it('ids follow from what they are of', () => {
    // the example of RFC 9562, appendix A.4
    expect(idOf('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '{2ED6657D-E927-568B-95E1-2665A8AEA6A2}',
    );
    expect(productCodeOf('1.0.0')).not.toBe(productCodeOf('1.0.1'));
  });

  it('a file without a summary is refused', () => {
    expect(() => withFixedTimes(Buffer.from('no installer'), 0)).toThrow('no summary');
  });
});
