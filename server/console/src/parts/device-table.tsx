import type { DeviceView } from '@fettle/shared/api/device.schema';
import { Link } from '@tanstack/react-router';
import { type Ref, memo } from 'react';

import { ClassTag, LastSeen, osWords } from './device-tags.tsx';
import { Meter } from './meter.tsx';
import { PresenceTag } from './presence.tsx';
import { SeverityCount } from './severity.tsx';
import { useWatchedRows } from './watched-rows.ts';

const VOLUME_LEVELS = [0.85, 0.95] as const;
const CPU_LEVELS = [0.9, 2] as const;
const MEMORY_LEVELS = [0.95, 2] as const;

const FullestVolume = ({ volume }: { readonly volume: DeviceView['readings']['fullestVolume'] }) => {
  if (volume === null) return <span className="text-muted">–</span>;
  return (
    <span className="inline-flex items-center gap-2 align-middle max-md:flex-wrap max-md:gap-x-1.5 max-md:gap-y-0">
      <Meter ratio={volume.utilization} levels={VOLUME_LEVELS} />
      <span className="foreign max-w-28 truncate font-mono text-xs text-muted" title={volume.mountpoint}>
        {volume.mountpoint}
      </span>
    </span>
  );
};

const OpenAlerts = ({ critical, warning }: DeviceView['openAlerts']) => {
  if (critical + warning === 0) return <span className="text-muted max-md:hidden">–</span>;
  return (
    <span className="inline-flex gap-2.5">
      <SeverityCount severity="critical" count={critical} />
      <SeverityCount severity="warning" count={warning} />
    </span>
  );
};

/** On a narrow screen the columns have no heads, so each number says what it is. */
const Narrow = ({ children }: { readonly children: string }) => (
  <span className="block text-xs text-muted md:hidden">{children}</span>
);

type RowProps = { readonly device: DeviceView; readonly row: Ref<HTMLTableRowElement> };

const DeviceRow = memo(({ device, row }: RowProps) => (
  <tr ref={row} data-device={device.id} className="max-md:grid! max-md:grid-cols-6">
    <td className="foreign max-md:-order-3 max-md:col-span-3">
      <Link data-row to="/devices/$id" params={{ id: device.id }} className="link font-medium">
        {device.name}
      </Link>
    </td>
    <td className="max-md:-order-1 max-md:col-span-2 max-md:text-right">
      <PresenceTag presence={device.presence} />
    </td>
    <td className="max-md:col-span-2">
      <ClassTag deviceClass={device.class} />
    </td>
    <td className="max-md:col-span-2">{osWords[device.os]}</td>
    <td className="max-md:order-2 max-md:col-span-2">
      <Narrow>CPU</Narrow>
      <Meter ratio={device.readings.cpu} levels={CPU_LEVELS} />
    </td>
    <td className="max-md:order-2 max-md:col-span-2">
      <Narrow>Memory</Narrow>
      <Meter ratio={device.readings.memory} levels={MEMORY_LEVELS} />
    </td>
    <td className="max-md:order-2 max-md:col-span-2">
      <Narrow>Fullest volume</Narrow>
      <FullestVolume volume={device.readings.fullestVolume} />
    </td>
    <td className="max-md:-order-2 max-md:text-right">
      <OpenAlerts {...device.openAlerts} />
    </td>
    <td className="number text-muted max-md:order-1 max-md:col-span-2 max-md:text-right!">
      <LastSeen {...device} />
    </td>
    <td className="text-muted max-md:hidden">{device.agentVersion}</td>
  </tr>
));

export const DeviceTable = ({ devices }: { readonly devices: readonly DeviceView[] }) => {
  const watchRow = useWatchedRows();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>Name</th>
          <th>Presence</th>
          <th>Class</th>
          <th>OS</th>
          <th>CPU</th>
          <th>Memory</th>
          <th>Fullest volume</th>
          <th>Alerts</th>
          <th className="number">Last seen</th>
          <th>Agent</th>
        </tr>
      </thead>
      <tbody>
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} row={watchRow} />
        ))}
      </tbody>
    </table>
  );
};
