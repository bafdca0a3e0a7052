// Maintenance of a device begins and ends: shown when the server has done it, refused where it was asked for.
import type { DeviceView } from '@fettle/shared/api/device.schema';
import type { WindowView } from '@fettle/shared/api/quiet.schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { explain, postJson, remove } from './api.ts';
import { useDeck } from './deck.ts';
import { formatUntil } from './format.ts';
import { maintenanceQuery } from './work-queries.ts';

type Asked = {
  readonly device: Pick<DeviceView, 'id' | 'tenant' | 'name'>;
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: string;
};

const put = (windows: readonly WindowView[] | undefined, window: WindowView) =>
  windows && [...windows.filter(({ id }) => id !== window.id), window];

export const useOpenWindow = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ device: { id, tenant }, startMs, endMs, reason }: Asked) => {
      const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
      const time = { kind: 'once', start, end };
      return postJson<WindowView>('/maintenance', { tenant, scope: { kind: 'device', id }, time, reason });
    },
    onSuccess: (window, { device, endMs }) => {
      client.setQueryData(maintenanceQuery.queryKey, (windows: readonly WindowView[] | undefined) =>
        put(windows, window),
      );
      notices.done(
        `${device.name} ${window.active ? 'is' : 'will be'} in maintenance until ${formatUntil(endMs, Date.now())}.`,
      );
    },
  });
};

export const useCloseWindow = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ id }: WindowView) => remove(`/maintenance/${encodeURIComponent(id)}`),
    onSuccess: (_done, { id }) => {
      client.setQueryData(maintenanceQuery.queryKey, (windows: readonly WindowView[] | undefined) =>
        windows?.filter((window) => window.id !== id),
      );
      notices.done('The maintenance is over. In ten minutes what is new is told.');
    },
    onError: (error) => {
      void client.invalidateQueries({ queryKey: maintenanceQuery.queryKey });
      notices.failed(`The maintenance was not ended. ${explain(error)}`);
    },
  });
};
