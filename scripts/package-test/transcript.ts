// What was done and what came of it, as it is told while it happens, and kept.
import { writeFileSync } from 'node:fs';

import type { DebianRoot, Ended } from './debian-root.ts';

export type Wanted = { readonly code: number; readonly says?: RegExp };

export class Transcript {
  readonly #lines: string[] = [];
  #failed = 0;
  #checks = 0;

  get figures() {
    return { checks: this.#checks, failed: this.#failed };
  }

  title(text: string): void {
    this.#tell(`\n== ${text}`);
  }

  /** A line of the shell, its output and its exit code. */
  async run(root: DebianRoot, command: string, path?: string): Promise<Ended> {
    const ended = await root.run(command, path);
    this.#show(command, ended);
    return ended;
  }

  check(what: string, isRight: boolean, found: string | number | null = ''): void {
    this.#checks += 1;
    if (!isRight) this.#failed += 1;
    this.#tell(`  ${isRight ? 'ok    ' : 'FAILED'}  ${what}${isRight || found === '' ? '' : `: ${found}`}`);
  }

  /** That the command ends so, and says this. */
  async expect(root: DebianRoot, command: string, wanted: Wanted): Promise<string> {
    const ended = await root.run(command);
    this.ended(command, ended, wanted);
    return ended.output;
  }

  /** The same of what was run elsewhere. */
  ended(command: string, ended: Ended, wanted: Wanted): void {
    this.#show(command, ended);
    this.check(`ends with ${wanted.code}`, ended.code === wanted.code, ended.code);
    if (wanted.says) this.check(`says ${wanted.says.source}`, wanted.says.test(ended.output));
  }

  note(text: string): void {
    this.#tell(`        ${text}`);
  }

  save(file: string): void {
    writeFileSync(file, `${this.#lines.join('\n').trimStart()}\n`);
  }

  #show(command: string, { code, output }: Ended): void {
    this.#tell(`# ${command}`);
    if (output !== '') this.#tell(output.replaceAll(/^/gm, '    '));
    if (code !== 0) this.#tell(`    [exit code ${code}]`);
  }

  #tell(line: string): void {
    this.#lines.push(line);
    process.stdout.write(`${line}\n`);
  }
}
