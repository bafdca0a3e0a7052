// The bundled agent and the server as two processes with the proxy between: each can be killed and started again by itself.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { z } from 'zod';

import type { HastyOptions } from '../bench/hasty-server.ts';
import { agentEnvironment, agentFile, agentFlags, buildAgent } from '../build/agent.ts';
import { endChild } from '../end-child.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { Witness } from './witness.ts';

const root = join(import.meta.dirname, '..');
const HASTY_SERVER = join(root, 'bench', 'hasty-server.ts');
const SERVER = join(root, 'server.ts');
/** Slow readings come each 1.5 s; a ticket resolves itself after 3. */
const PACE = { divisor: 600, leastMs: 200 };

/** Said by the agent when a transition is on its disk. */
const alertLine = z.object({
  msg: z.literal('alert'),
  transition: z.object({ change: z.string(), rule: z.string(), instance: z.string(), at: z.number() }),
});
const state = z.object({ looked: z.array(z.string()) });
/** What an agent says that is killed and cut off, and well. */
const expected = z.object({ msg: z.enum(['open', 'lost', 'stopped']) });
export type LoggedTransition = z.infer<typeof alertLine>['transition'];

export type AgentStart = {
  readonly under?: readonly string[];
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
};

export class Couple {
  readonly witness = new Witness();
  readonly proxy = new FaultProxy(this.witness.listen);
  readonly logged: LoggedTransition[] = [];
  /** What either said that nobody should hear. */
  readonly complaints: string[] = [];
  readonly #folder: string;
  #publicUrl = '';
  #port = 0;
  #server: ChildProcess | undefined;
  #agent: ChildProcess | undefined;

  /** @param folder empty; both keep their files in it */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'agent'), { recursive: true });
  }

  get serverFolder(): string {
    return join(this.#folder, 'server');
  }

  /** Has the agent looked by this rule, and kept that it did? What was so at its first look is no news to its server. */
  hasLooked(rule: string): boolean {
    const path = join(this.agentFolder, 'state.json');
    if (!existsSync(path)) return false;
    return state.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data?.looked.includes(rule) ?? false;
  }

  get agentFolder(): string {
    return join(this.#folder, 'agent');
  }

  /** Both run. @param config of the agent, TOML */
  async start(config: string, how: AgentStart = {}): Promise<void> {
    await buildAgent();
    cpSync(dirname(agentFile), join(this.#folder, 'bundle'), { recursive: true }); // someone may build it anew meanwhile
    this.#publicUrl = `http://127.0.0.1:${await this.proxy.listen()}`;
    writeFileSync(join(this.#folder, 'agent.toml'), config, { mode: 0o600 });
    await this.startServer();
    writeFileSync(join(this.#folder, 'token'), this.#newToken());
    this.startAgent(how);
  }

  /** Listening when it resolves. */
  async startServer(): Promise<void> {
    const options: HastyOptions = {
      folder: this.serverFolder,
      port: this.#port,
      publicUrl: this.#publicUrl,
      pace: PACE,
    };
    const child = spawn(process.execPath, [HASTY_SERVER, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // a start in a second less
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.#folder, 'compiled') },
    });
    this.#server = child;
    this.#listen(child, () => undefined);
    const said: readonly unknown[] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    const [line] = said;
    if (!Buffer.isBuffer(line)) throw new Error(`the server ended: ${this.complaints.slice(-3).join('\n')}`);
    this.#port = z.object({ port: z.int() }).parse(JSON.parse(line.toString())).port;
    this.proxy.to(this.#port);
  }

  /** @param how beside the usual: what to run it with, on which folder, with what in its environment */
  startAgent({ under = [], folder = this.agentFolder, env = {} }: AgentStart = {}): ChildProcess {
    const bundle = join(this.#folder, 'bundle', basename(agentFile));
    const args = [...under, process.execPath, ...agentFlags, bundle, 'run', '--log-level', 'info'];
    const [program = '', ...rest] = args;
    const child = spawn(program, rest, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...agentEnvironment,
        FETTLE_CONFIG: join(this.#folder, 'agent.toml'),
        FETTLE_CLASS: 'server',
        FETTLE_DATA_DIR: folder,
        FETTLE_SERVER_URL: this.#publicUrl,
        FETTLE_TOKEN_FILE: join(this.#folder, 'token'),
        ...env,
      },
    });
    this.#agent = child;
    this.#listen(child, (line) => {
      const parsed = alertLine.safeParse(line);
      if (parsed.success) this.logged.push(parsed.data.transition);
      return parsed.success || expected.safeParse(line).success;
    });
    return child;
  }

  signalAgent(signal: NodeJS.Signals): void {
    this.#agent?.kill(signal);
  }

  signalServer(signal: NodeJS.Signals): void {
    this.#server?.kill(signal);
  }

  killAgent(): Promise<void> {
    return endChild(this.#agent, 'SIGKILL');
  }

  killServer(): Promise<void> {
    return endChild(this.#server, 'SIGKILL');
  }

  /** As a service manager does it. */
  async stop(): Promise<void> {
    await endChild(this.#agent, 'SIGTERM');
    await endChild(this.#server, 'SIGTERM');
    this.proxy.close();
  }

  /** @param take whether a line of JSON was understood */
  #listen(child: ChildProcess, take: (line: unknown) => unknown): void {
    let rest = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? ''; // of a kill in the middle
      for (const line of lines) if (take(parsed(line)) !== true) this.complaints.push(line);
    });
  }

  #newToken(): string {
    const args = [SERVER, 'token', '--data', this.serverFolder, '--json'];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return z.object({ token: z.string() }).parse(JSON.parse(stdout)).token;
  }
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
