import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';

import { ApiError } from '../api.ts';
import { DeviceCharts, RangeChoices } from '../charts/device-charts.tsx';
import { useDeck } from '../deck.ts';
import { mostUrgentFirst, quietLast } from '../order.ts';
import { AbsenceList } from '../parts/absence-list.tsx';
import { AlertTable } from '../parts/alert-table.tsx';
import { AlertWork } from '../parts/alert-work.tsx';
import { CapabilityList } from '../parts/capability-list.tsx';
import { DeviceHeader } from '../parts/device-header.tsx';
import { FillingVolumes } from '../parts/filling-volumes.tsx';
import { InventoryList } from '../parts/inventory-list.tsx';
import { LatestValues } from '../parts/latest-values.tsx';
import { Panel } from '../parts/panel.tsx';
import { Failure, Waiting } from '../parts/states.tsx';
import { TicketTable } from '../parts/ticket-table.tsx';
import { useTitle } from '../parts/title.ts';
import { inOrder } from '../patch.ts';
import { alertsQuery, deviceQuery, ticketsQuery } from '../queries.ts';
import { isQuiet } from '../quiet.ts';
import { alertStatesOf, ticketStatesOf } from '../search.ts';
import { MissingPage } from './missing.tsx';

/** What is wrong comes first, where there is anything. */
const OpenWork = ({ device }: { readonly device: string }) => {
  const alertFilter = { states: alertStatesOf(undefined), severity: null, rule: null, device };
  const alerts = inOrder(useInfiniteQuery(alertsQuery(alertFilter)).data, quietLast);
  const quiet = alerts.filter(isQuiet).length;
  const ticketFilter = { states: ticketStatesOf(undefined), device };
  const tickets = inOrder(useInfiniteQuery(ticketsQuery(ticketFilter)).data, mostUrgentFirst);
  return (
    <>
      {alerts.length === 0 ? null : (
        <AlertWork alerts={alerts}>
          <Panel title={`Open alerts (${alerts.length}${quiet === 0 ? '' : `, ${quiet} of them quiet`})`}>
            <AlertTable alerts={alerts} without="device" />
          </Panel>
        </AlertWork>
      )}
      {tickets.length === 0 ? null : (
        <Panel title={`Open tickets (${tickets.length})`}>
          <TicketTable tickets={tickets} withDevice={false} />
        </Panel>
      )}
    </>
  );
};

const useWatchDetail = (device: string): void => {
  const { live } = useDeck();
  useEffect(() => {
    live.watch({ devices: [], detail: device });
    return () => live.watch({ devices: [], detail: null });
  }, [live, device]);
};

const Content = ({ device }: { readonly device: DeviceDetail }) => {
  const { range = '1h' } = useSearch({ from: '/shell/devices/$id' });
  return (
    <div className="space-y-3">
      <DeviceHeader device={device} />
      <OpenWork device={device.id} />
      <div className="flex flex-wrap items-center justify-between gap-2 pt-2">
        <h2 className="text-base font-semibold">Charts</h2>
        <RangeChoices device={device.id} range={range} />
      </div>
      <DeviceCharts device={device.id} range={range} />
      <LatestValues device={device.id} />
      <FillingVolumes volumes={device.fillingVolumes} />
      <AbsenceList device={device.id} />
      {device.watchedBy === null ? <CapabilityList capabilities={device.capabilities} /> : null}
      <InventoryList inventory={device.inventory} />
    </div>
  );
};

export const DevicePage = () => {
  const { id } = useParams({ from: '/shell/devices/$id' });
  useWatchDetail(id);
  const device = useQuery(deviceQuery(id));
  useTitle(device.data?.name ?? 'Device');
  if (device.data !== undefined) return <Content key={id} device={device.data} />;
  if (device.error instanceof ApiError && device.error.status === 404) return <MissingPage />;
  if (device.isError) return <Failure error={device.error} onRetry={() => void device.refetch()} />;
  return <Waiting rows={12} />;
};
