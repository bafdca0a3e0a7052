// What was done and what came of it, as it is told while it happens, and kept.
import { writeFileSync } from 'node:fs';

import type { DebianRoot, Ended } from './debian-root.ts';

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
    this.#tell(`# ${command}`);
    if (ended.output !== '') this.#tell(ended.output.replaceAll(/^/gm, '    '));
    if (ended.code !== 0) this.#tell(`    [exit code ${ended.code}]`);
    return ended;
  }

  check(what: string, isRight: boolean, found: string | number | null = ''): void {
    this.#checks += 1;
    if (!isRight) this.#failed += 1;
    this.#tell(`  ${isRight ? 'ok    ' : 'FAILED'}  ${what}${isRight || found === '' ? '' : `: ${found}`}`);
  }

  /** That the command ends so, and says this. */
  async expect(
    root: DebianRoot,
    command: string,
    wanted: { readonly code: number; readonly says?: RegExp },
  ): Promise<string> {
    const { code, output } = await this.run(root, command);
    this.check(`ends with ${wanted.code}`, code === wanted.code, code);
    if (wanted.says) this.check(`says ${wanted.says.source}`, wanted.says.test(output));
    return output;
  }

  note(text: string): void {
    this.#tell(`        ${text}`);
  }

  save(file: string): void {
    writeFileSync(file, `${this.#lines.join('\n').trimStart()}\n`);
  }

  #tell(line: string): void {
    this.#lines.push(line);
    process.stdout.write(`${line}\n`);
  }
}
