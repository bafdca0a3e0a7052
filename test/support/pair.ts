// Server and agent as two processes, each to be killed and started again by itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { agentFile, buildAgent } from '../../scripts/build/agent.ts';
import { until } from '../../scripts/until.ts';
import { readState } from '../../server/src/cli/state-file.ts';
import { type Api, signIn } from './api.ts';
import { root } from './place.ts';
import { type Program, firstJson, run, stillRuns } from './program.ts';

const SERVER = join(root, 'scripts', 'server.ts');
const status = z.object({ link: z.object({ state: z.string() }) });

export class Pair {
  readonly #folder: string;
  #url = '';
  #server: Program | undefined;
  #agent: Program | undefined;

  /** @param folder for the files of both */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get url(): string {
    return this.#url;
  }

  /** Listening when it resolves: the first time on any port, then on the same. @param args further flags */
  async startServer(...args: readonly string[]): Promise<void> {
    const data = join(this.#folder, 'server');
    const port = this.#url === '' ? '0' : new URL(this.#url).port;
    const program = run(SERVER, ['run', '--hurry', '--data', data, '--port', port, '--log-level', 'warn', ...args]);
    this.#server = program;
    const state = await until('the server', () => {
      stillRuns(program);
      const found = readState(data);
      return found?.pid === program.pid && found;
    });
    this.#url = state.url;
  }

  async signIn(): Promise<Api> {
    return signIn(await this.loginLink());
  }

  /** For one sign-in. */
  async loginLink(): Promise<string> {
    const made = run(SERVER, ['login-link', '--data', join(this.#folder, 'server'), '--json']);
    const { login } = z.object({ login: z.string() }).parse(await firstJson(made));
    return login;
  }

  /** For one enrolment. */
  async newToken(): Promise<string> {
    const made = run(SERVER, ['token', '--data', join(this.#folder, 'server'), '--json']);
    return z.object({ token: z.string() }).parse(await firstJson(made)).token;
  }

  /** Enrolled by a token of its own the first time. */
  async startAgent(env: Readonly<Record<string, string>> = {}): Promise<Program> {
    await buildAgent();
    const tokenFile = join(this.#folder, 'token');
    if (!this.#agent) writeFileSync(tokenFile, await this.newToken());
    this.#agent = run(agentFile, ['run', '--log-level', 'warn'], {
      FETTLE_DATA_DIR: join(this.#folder, 'agent'),
      FETTLE_SERVER_URL: this.#url,
      FETTLE_TOKEN_FILE: tokenFile,
      ...env,
    });
    return this.#agent;
  }

  async killServer(): Promise<void> {
    await this.#server?.kill('SIGKILL');
  }

  async killAgent(): Promise<void> {
    await this.#agent?.kill('SIGKILL');
  }

  /** What the agent has written down of its rules' states. */
  agentState(): string {
    return readFileSync(join(this.#folder, 'agent', 'state.json'), 'utf8');
  }

  /** What the agent says of itself, each minute of its rhythm. */
  agentStatus(): z.infer<typeof status> | undefined {
    try {
      return status.parse(JSON.parse(readFileSync(join(this.#folder, 'agent', 'status.json'), 'utf8')));
    } catch {
      return undefined; // not written yet
    }
  }

  async stop(): Promise<void> {
    await this.#agent?.kill('SIGTERM');
    await this.#server?.kill('SIGTERM');
  }
}
