import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import { formatDuration } from '@fettle/shared/words/format';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { deviceQuery } from '../queries.ts';
import { Ago, useEachSecond } from './ago.tsx';
import { DeviceMaintenance } from './device-maintenance.tsx';
import { ClassTag, LastSeen, osWords } from './device-tags.tsx';
import { PresenceTag } from './presence.tsx';

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div>
    <dt className="text-xs text-muted">{label}</dt>
    <dd className="whitespace-nowrap">{children}</dd>
  </div>
);

const Uptime = ({ bootedAt }: { readonly bootedAt: string }) => {
  const bootedMs = Date.parse(bootedAt);
  return <>{useEachSecond((nowMs) => formatDuration(Math.max(0, nowMs - bootedMs)))}</>;
};

const OtherDevice = ({ device }: { readonly device: string }) => (
  <Link to="/devices/$id" params={{ id: device }} className="link">
    {useQuery(deviceQuery(device)).data?.name ?? '…'}
  </Link>
);

const CLOCK_TOLERANCE_MS = 30 * SECOND_MS;

/** What makes the device's word less good than usual. */
const Doubts = ({ device: { clockOffsetMs, lost } }: { readonly device: DeviceDetail }) => {
  const isClockOff = Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS;
  if (!isClockOff && lost.records === 0) return null;
  const off = formatDuration(Math.round(Math.abs(clockOffsetMs) / MINUTE_MS) * MINUTE_MS || Math.abs(clockOffsetMs));
  return (
    <ul className="mt-3 space-y-0.5 text-warning">
      {isClockOff ? (
        <li>
          Its clock is {off} {clockOffsetMs > 0 ? 'ahead of' : 'behind'} the server's. Its times below are as it tells
          them.
        </li>
      ) : null}
      {lost.records > 0 ? (
        <li>
          The agent had to drop {lost.records} {lost.records === 1 ? 'record' : 'records'} that it could not deliver.
        </li>
      ) : null}
    </ul>
  );
};

export const DeviceHeader = ({ device }: { readonly device: DeviceDetail }) => (
  <header className="rounded-lg border border-line bg-surface px-4 py-3">
    <div className="flex flex-wrap items-center gap-x-8 gap-y-3">
      <h1 className="foreign text-lg font-semibold md:mr-4">{device.name}</h1>
      <dl className="flex flex-wrap gap-x-8 gap-y-2">
        <Fact label="Presence">
          <PresenceTag presence={device.presence} />
          <span className="text-muted">
            {' '}
            for <Ago at={device.presenceSince} />
          </span>
        </Fact>
        <Fact label="Up for">
          {device.bootedAt === null ? (
            <span className="text-muted">unknown</span>
          ) : (
            <Uptime bootedAt={device.bootedAt} />
          )}
        </Fact>
        <Fact label="Last seen">
          <LastSeen {...device} />
        </Fact>
        <Fact label="Class">
          <ClassTag deviceClass={device.class} />
        </Fact>
        <Fact label="System">{osWords[device.os]}</Fact>
        {device.watchedBy === null ? (
          <Fact label="Agent">{device.agentVersion}</Fact>
        ) : (
          <Fact label="Watched by">
            <OtherDevice device={device.watchedBy} />
          </Fact>
        )}
        <Fact label="Enrolled">
          <Ago at={device.enrolledAt} suffix />
        </Fact>
        {device.cloneOf === null ? null : (
          <Fact label="Copy of">
            <OtherDevice device={device.cloneOf} />
          </Fact>
        )}
      </dl>
    </div>
    <Doubts device={device} />
    <DeviceMaintenance device={device} />
  </header>
);
