// The child's side of probe-child.ts: gathers one section and writes it as one framed line.
import { gatherInventory } from '../host/inventory.ts';
import { frameOf } from '../host/probe-child.ts';
import type { Arguments } from './arguments.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';

export const probe = async ({ words: [section] }: Arguments): Promise<ExitCode> => {
  if (section !== 'inventory') throw new CliError(EXIT.usage, `There is no section "${section}".`);
  process.stdout.write(`\n${frameOf(section)}${JSON.stringify(await gatherInventory())}\n`);
  return EXIT.ok;
};
