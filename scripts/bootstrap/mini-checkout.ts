// A throw-away checkout for the tests of the bootstrap, with stand-ins for npm, pnpm and the started script. Each of them reports to the
// test over a socket and does nothing until it is answered, so a test can stop the world at any stage without a clock.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { z } from 'zod';

/** What a stand-in says when it starts. */
const hello = z.object({
  stage: z.enum(['npm', 'pnpm', 'script']),
  pid: z.number(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
type Hello = z.infer<typeof hello>;
type Stage = Hello['stage'];
/** `half`: npm leaves its work half done, and says that all went well. */
type Action = 'go' | 'fail' | 'half';
type Call = Hello & { readonly answer: (action: Action) => void };
type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly said: string };

const scripts = dirname(import.meta.dirname);

/** Runs in a stand-in. `act` does what the real one would. */
const standIn = (stage: Stage, act: string): string => `
const socket = require('node:net').connect(process.env.FETTLE_TEST_SOCKET);
const [args, env] = [process.argv.slice(2), process.env];
socket.write(JSON.stringify({ stage: '${stage}', pid: process.pid, args, env }) + '\\n');
socket.on('close', () => process.exit(9)); // the test is over
socket.on('data', (answer) => {
  if (String(answer) === 'fail') { process.stderr.write('no ${stage} today\\n'); process.exit(3); }
  const { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } = require('node:fs');
  ${act}
  process.exit(0);
});`;

/** Puts each wanted package in place: a folder beside this script, by name. */
const NPM = `
  for (const name of Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)) {
    cpSync(require('node:path').join(__dirname, name), 'node_modules/' + name, { recursive: true });
  }
  if (String(answer) === 'half') truncateSync('node_modules/node-test/bin/node', 5);`;
const PNPM = `
  mkdirSync('node_modules', { recursive: true });
  writeFileSync('node_modules/.modules.yaml', '');
  writeFileSync('node_modules/installed', readFileSync('pnpm-lock.yaml'));`;
const SCRIPT = `if (args[0] === 'kill-me') process.kill(process.pid, 'SIGKILL');`;
const NESTED = `
  const again = [process.argv[1].replace(/scripts.*/, 'scripts/bootstrap.mjs'), 'hello'];
  process.exit(require('node:child_process').spawnSync(process.execPath, again, { stdio: 'inherit' }).status);`;
const ON_TERM = `process.on('SIGTERM', () => process.exit(5)); process.on('SIGINT', () => process.exit(6));`;

/** Scripts are ES modules, stand-ins are not. */
const asModule = (code: string): string =>
  `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${code}`;

export class MiniCheckout {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'fettle-mini-')));
  /** In the order of their starts. */
  readonly calls: Hello[] = [];
  readonly #held = new Set<Stage>();
  readonly #unanswered: Call[] = [];
  readonly #arrived = new EventEmitter();
  readonly #sockets = new Set<Socket>();
  readonly #children: ChildProcess[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => this.#listen(socket));
    cpSync(join(scripts, 'bootstrap.mjs'), this.at('scripts/bootstrap.mjs'));
    cpSync(join(scripts, 'bootstrap'), this.at('scripts/bootstrap'), { recursive: true });
    this.write('scripts/hello.ts', asModule(`${ON_TERM}${standIn('script', SCRIPT)}`));
    this.write('scripts/nested.ts', asModule(standIn('script', NESTED)));
    this.write('package.json', '{ "type": "module" }');
    this.write('pnpm-workspace.yaml', 'packages: [agent]');
    this.write('pnpm-lock.yaml', 'first');
    this.write('agent/package.json', '{}');
    this.#writeTools();
    this.pinNode('99.0.0');
  }

  static async open(): Promise<MiniCheckout> {
    const checkout = new MiniCheckout();
    checkout.#server.listen(checkout.at('socket'));
    await once(checkout.#server, 'listening');
    return checkout;
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  at(path: string): string {
    return join(this.root, path);
  }

  has(path: string): boolean {
    return existsSync(this.at(path));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text, { mode: 0o755 });
  }

  /** The least version of the running Node that makes a pinned one unnecessary. */
  pinNode(minimum: string): void {
    const { platform, arch } = process;
    const tool = (version: string, name: string, bin: string) => {
      const { size } = statSync(this.at(`registry/${name}/${bin}`));
      const pinned = { name, bin, bytes: size, integrity: '' };
      return {
        version,
        packages: { [`${platform}-${arch}`]: pinned, [`${platform}-${arch}-musl`]: pinned },
      };
    };
    const node = { minimum, ...tool('26.10.0', 'node-test', 'bin/node') };
    const pnpm = tool('1.0.0', '@pnpm/exe-test', 'pnpm');
    this.write('scripts/bootstrap/pins.mjs', `export const pins = ${JSON.stringify({ node, pnpm })};`);
  }

  /** What npm would bring. The pinned Node is a script that hands on to this one. */
  #writeTools(): void {
    this.write('registry/npm-cli.js', standIn('npm', NPM));
    this.write('registry/package.json', '{}');
    this.write('registry/node-test/bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    this.write('registry/@pnpm/exe-test/pnpm.cjs', standIn('pnpm', PNPM));
    this.write('registry/@pnpm/exe-test/pnpm', `#!/bin/sh\nexec '${process.execPath}' "$0.cjs" "$@"\n`);
  }

  /** From now on a stand-in of this stage waits for the answer of the test. */
  hold(...stages: readonly Stage[]): void {
    for (const stage of stages) this.#held.add(stage);
  }

  release(...stages: readonly Stage[]): void {
    for (const stage of stages) this.#held.delete(stage);
  }

  /** The next held stand-in of this stage, now or when it comes. */
  async next(stage: Stage): Promise<Call> {
    for (;;) {
      const at = this.#unanswered.findIndex((call) => call.stage === stage);
      const [call] = at < 0 ? [] : this.#unanswered.splice(at, 1);
      if (call) return call;
      await once(this.#arrived, 'call');
    }
  }

  start(...args: readonly string[]): Start {
    return this.#spawn(process.execPath, [this.at('scripts/bootstrap.mjs'), ...args]);
  }

  /** As npm does it: with a shell between that waits. */
  startByShell(...args: readonly string[]): Start {
    return this.#spawn('sh', ['-c', '"$0" "$@"; exit $?', process.execPath, this.at('scripts/bootstrap.mjs'), ...args]);
  }

  #spawn(command: string, args: readonly string[]): Start {
    const env = {
      ...process.env,
      npm_execpath: this.at('registry/npm-cli.js'),
      npm_lifecycle_event: 'start',
      npm_config_omit: 'dev',
      FETTLE_TEST_SOCKET: this.at('socket'),
    };
    const start = new Start(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    this.#children.push(start.child);
    return start;
  }

  stages(): readonly Stage[] {
    return this.calls.map(({ stage }) => stage);
  }

  /** Nothing of an unfinished install and no claim on the lock. */
  leftovers(): readonly string[] {
    const inToolchain = readdirSync(this.at('.toolchain')).filter((name) => name.startsWith('tmp-'));
    return [...inToolchain, ...readdirSync(this.at('.toolchain/lock'))];
  }

  #listen(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // a stand-in was killed
    socket.once('data', (line) => {
      const call = hello.parse(JSON.parse(String(line)));
      this.calls.push(call);
      if (!this.#held.has(call.stage)) return void socket.write('go');
      this.#unanswered.push({ ...call, answer: (action) => void socket.write(action) });
      this.#arrived.emit('call');
    });
  }
}

/** One run of the bootstrap. */
class Start {
  readonly child: ChildProcess;
  readonly ended: Promise<End>;
  readonly #output = new EventEmitter();
  #said = '';

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (text) => this.#hear(String(text)));
    this.ended = once(this.child, 'close').then(() => ({
      code: this.child.exitCode,
      signal: this.child.signalCode,
      said: this.#said,
    }));
  }

  async says(text: string): Promise<void> {
    while (!this.#said.includes(text)) await once(this.#output, 'more');
  }

  #hear(text: string): void {
    this.#said += text;
    this.#output.emit('more');
  }
}
