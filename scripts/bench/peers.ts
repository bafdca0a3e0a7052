// Other agents of the same kind, as Debian ships them, doing on this machine and in the same minutes what each does by default
// every 10 s. Which metrics they read differs: the ratio says what a machine pays for each, not whose code is better.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

import { zabbixItems } from './zabbix-items.ts';

export type Peer = {
  readonly name: string;
  /** Of Debian. */
  readonly package: string;
  readonly program: string;
  /** Writes its configuration below `folder`. @returns its arguments */
  readonly configure: (folder: string, port: number) => readonly string[];
  /** Asks it for everything, once; those that keep their own time are not asked. */
  readonly poll?: (port: number) => Promise<void>;
};

const scrape =
  (path: string) =>
  async (port: number): Promise<void> => {
    const request = get({ host: '127.0.0.1', port, path, headers: { 'accept-encoding': 'gzip' }, agent: false });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    request.on('error', reject).on('response', (response) => response.resume().on('end', resolve).on('error', reject));
    return promise;
  };

/** One passive check a connection, as a Zabbix server makes them: "ZBXD\1", the length as 8 bytes, the key (protocol of Zabbix 6). */
const askZabbix = async (port: number, key: string): Promise<void> => {
  const socket = connect(port, '127.0.0.1');
  const header = Buffer.from('ZBXD\u0001\0\0\0\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(Buffer.byteLength(key), 5);
  socket.end(Buffer.concat([header, Buffer.from(key)]));
  socket.resume();
  await once(socket, 'close');
};

const pollZabbix = async (port: number): Promise<void> => {
  for (const key of zabbixItems) await askZabbix(port, key);
};

const zabbixConfig = (folder: string, port: number, more: string): readonly string[] => {
  const file = join(folder, 'zabbix.conf');
  const common = `ListenIP=127.0.0.1\nListenPort=${port}\nServer=127.0.0.1\nHostname=bench\nLogType=console\n`;
  writeFileSync(file, common + more);
  return ['-f', '-c', file];
};

const COLLECTD = ['cpu', 'df', 'disk', 'interface', 'load', 'memory', 'processes', 'swap', 'uptime', 'users', 'vmem'];

export const peers: readonly Peer[] = [
  {
    name: 'node_exporter',
    package: 'prometheus-node-exporter',
    program: '/usr/bin/prometheus-node-exporter',
    configure: (_folder, port) => [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    poll: scrape('/metrics'),
  },
  {
    name: 'zabbix_agentd',
    package: 'zabbix-agent',
    program: '/usr/sbin/zabbix_agentd',
    configure: (folder, port) => zabbixConfig(folder, port, `AllowRoot=1\nPidFile=${join(folder, 'pid')}\n`),
    poll: pollZabbix,
  },
  {
    name: 'zabbix_agent2',
    package: 'zabbix-agent2',
    program: '/usr/sbin/zabbix_agent2',
    configure: (folder, port) => zabbixConfig(folder, port, `ControlSocket=${join(folder, 'socket')}\n`),
    poll: pollZabbix,
  },
  {
    name: 'collectd',
    package: 'collectd-core',
    program: '/usr/sbin/collectd',
    configure: (folder) => {
      const file = join(folder, 'collectd.conf');
      const plugins = [...COLLECTD, 'network'].map((name) => `LoadPlugin ${name}\n`).join('');
      const target = '<Plugin network>\n  Server "127.0.0.1" "25826"\n</Plugin>\n';
      writeFileSync(file, `BaseDir "${folder}"\nPIDFile "${folder}/pid"\nInterval 10\n${plugins}${target}`);
      return ['-f', '-C', file];
    },
  },
  {
    name: 'netdata',
    package: 'netdata-core',
    program: '/usr/sbin/netdata',
    configure: (folder, port) => {
      const file = join(folder, 'netdata.conf');
      const folders = ['config', 'lib', 'log', 'cache'].map((name) => `  ${name} = ${folder}\n`).join('');
      writeFileSync(
        file,
        `[global]\n  run as user = root\n[directories]\n${folders}[db]\n  mode = ram\n  update every = 10\n[web]\n  bind to = 127.0.0.1\n  default port = ${port}\n`,
      );
      return ['-D', '-c', file];
    },
  },
];
