import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Monitor, SearchX } from 'lucide-react';

import { byName } from '../order.ts';
import { DeviceTable } from '../parts/device-table.tsx';
import { ListHead, countText } from '../parts/filter-bar.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { ListPanel } from '../parts/list-panel.tsx';
import { Empty } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { useIsOwner } from '../parts/use-role.ts';
import { inOrder } from '../patch.ts';
import { devicesQuery } from '../queries.ts';

const Filter = () => {
  const { q } = useSearch({ from: '/shell/devices' });
  const navigate = useNavigate({ from: '/devices' });
  return (
    <FilterField
      label="Filter by name"
      value={q ?? ''}
      onChange={(text) => void navigate({ search: (now) => ({ ...now, q: text }), replace: true })}
    />
  );
};

const AddLink = () => (
  <Link to="/enroll" className="link font-medium text-accent">
    Add devices
  </Link>
);

const NoDevices = () => {
  const isOwner = useIsOwner();
  const { q } = useSearch({ from: '/shell/devices' });
  return q === undefined ? (
    <Empty icon={Monitor} title="No device reports yet">
      {isOwner ? <AddLink /> : 'Whoever runs this server can enrol one.'}
    </Empty>
  ) : (
    <Empty icon={SearchX} title="No device matches">
      <Link to="/devices" search={{}} className="link font-medium text-accent">
        Show all devices
      </Link>
    </Empty>
  );
};

export const DevicesPage = () => {
  useTitle('Devices');
  const isOwner = useIsOwner();
  const { q } = useSearch({ from: '/shell/devices' });
  const list = useInfiniteQuery(devicesQuery({ q: q ?? '' }));
  const devices = inOrder(list.data, byName);
  return (
    <>
      <ListHead title="Devices" count={countText(list.isSuccess, devices.length, list.hasNextPage)}>
        {isOwner ? <AddLink /> : null}
        <Filter />
      </ListHead>
      <ListPanel list={list} isEmpty={devices.length === 0} empty={<NoDevices />}>
        <DeviceTable devices={devices} />
      </ListPanel>
    </>
  );
};
