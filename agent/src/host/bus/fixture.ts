// A message bus of its own: Debian's dbus-daemon on a private socket, which refuses whatever is not D-Bus, and applies its own
// policy and match rules.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DBUS_DAEMON = '/usr/bin/dbus-daemon';

/** A machine with systemd whose bus can be started and killed. */
export class BusMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'fettle-bus-'));
  #daemon: ReturnType<typeof spawn> | undefined;

  constructor() {
    mkdirSync(join(this.root, 'run/systemd/system'), { recursive: true });
    mkdirSync(join(this.root, 'run/dbus'), { recursive: true });
  }

  get socketPath(): string {
    return join(this.root, 'run/dbus/system_bus_socket');
  }

  /** @param policy more rules, after those that allow everything */
  async start(policy = ''): Promise<void> {
    const file = join(this.root, 'bus.conf');
    writeFileSync(file, configuration(this.socketPath, policy));
    const daemon = spawn(DBUS_DAEMON, [`--config-file=${file}`, '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'], // it complains of limits that only root may set
    });
    this.#daemon = daemon;
    const started = once(daemon.stdout, 'data').then(() => true);
    const failed = once(daemon, 'exit').then(() => false);
    if (!(await Promise.race([started, failed]))) throw new Error('dbus-daemon did not start');
  }

  async kill(): Promise<void> {
    const daemon = this.#daemon;
    this.#daemon = undefined;
    if (!daemon || daemon.exitCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    rmSync(this.socketPath, { force: true });
  }

  async remove(): Promise<void> {
    await this.kill();
    if (existsSync(this.root)) rmSync(this.root, { recursive: true });
  }
}

const configuration = (socket: string, policy: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    ${policy}
  </policy>
</busconfig>
`;
