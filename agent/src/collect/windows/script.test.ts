// The script cannot be run without Windows: what can be known of it without.
import { describe, expect, it } from 'vitest';

import { MARK, scriptOf, sectionIds } from './script.ts';

const script = scriptOf(sectionIds);

/** The script without what stands in quotes and in types. */
const bare = script.replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "''");

describe('the script', () => {
  it.each([
    ['{', '}'],
    ['(', ')'],
    ['[', ']'],
  ])('closes each %s that it opens, and never before', (open, close) => {
    let depth = 0;
    for (const letter of bare) {
      if (letter === open) depth += 1;
      if (letter === close) depth -= 1;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  it('has no quote that stays open, and nothing of TypeScript left in it', () => {
    expect(bare).not.toMatch(/["`]|\$\{/);
    expect(bare.match(/'/g)?.length).toBe((script.match(/'[^'\n]*'|"[^"\n]*"/g)?.length ?? 0) * 2);
  });

  it('speaks only to cmdlets of Windows PowerShell 5.1 and its own functions, and calls nothing of .NET without need', () => {
    const own = new Set([...script.matchAll(/^function ([\w-]+)/gm)].map(([, name]) => name));
    const called = new Set([...bare.matchAll(/\b[A-Z][A-Za-z]+-[A-Z]\w+/g)].map(([name]) => name));
    expect([...called].filter((name) => !own.has(name)).toSorted()).toEqual([
      'ConvertTo-Json',
      'ForEach-Object',
      'Get-CimInstance',
      'Get-Item',
      'Get-PhysicalDisk',
      'Get-StorageReliabilityCounter',
      'Get-WmiObject',
      'New-Object',
      'Select-Object',
      'Split-Path',
      'Write-Output',
    ]);
    // in constrained language mode these two fail, and are tried alone
    const dotNet = script.split('\n').filter((line) => /New-Object|\[Console\]|::/.test(line));
    expect(dotNet).toEqual([
      'try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }',
    ]);
  });

  it('asks what it is told to, each between its marks', () => {
    expect(scriptOf(['limits'])).toContain("Write-Section 'limits' { Read-Class 'root/cimv2' 'Win32_OperatingSystem'");
    expect(scriptOf(['limits'])).not.toContain('Win32_Service');
    expect(script).toContain(`Write-Output "${MARK.begin} $Id"`);
    expect(script).toContain(`Write-Output "${MARK.end} $Id"`);
  });
});
