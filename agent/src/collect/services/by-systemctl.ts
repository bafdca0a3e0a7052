// Services where systemd cannot be asked over the bus: one run of `systemctl show`, in the short-lived child.
import { type ChildHost, HostError } from '../../host/host.ts';
import { type Collector, available, unavailable } from '../collector.ts';
import { slowOnes } from '../slow.ts';
import { notSystemd } from './init.ts';
import { PROPERTIES, parseShow } from './show.parse.ts';
import { SUFFIX, declaredNames, missingReasons, readingOf } from './unit.parse.ts';

export const servicesBySystemctl = (): Collector<ChildHost> => ({
  ...slowOnes.services,
  probe: (host) => {
    const other = notSystemd(host);
    if (other) return Promise.resolve(other);
    const path = host.find('systemctl');
    const missing = unavailable('tool_missing', 'systemctl is not installed', 'install the package systemd');
    return Promise.resolve(path === undefined ? missing : available(path));
  },
  collect: async (host) => {
    const names = [...declaredNames(host.declared['services.watch'])];
    const args = ['show', '--no-pager', '--all', `--property=${PROPERTIES.join(',')}`, '--', `*${SUFFIX}`, ...names];
    const { stdout } = await host.run('systemctl', args, { codes: [0] });
    const { units, broken } = parseShow(stdout);
    if (units.length === 0) throw new HostError('parse_error', 'systemctl named no service');
    const { samples, partial } = readingOf(units, host.declared);
    const unread = { code: 'parse_error', detail: `${broken} services could not be understood` } as const;
    return {
      samples,
      partial: [...partial, ...missingReasons(host.declared, units), ...(broken > 0 ? [unread] : [])],
    };
  },
});
