// New devices: a token, the commands that use it, and the devices that come by it.
import type { EnrollTokenMade } from '@fettle/shared/api/enroll-token.schema';
import { useQuery } from '@tanstack/react-query';
import { MonitorX } from 'lucide-react';
import { useState } from 'react';

import { sitesQuery } from '../enroll-calls.ts';
import { Arrivals } from '../parts/arrivals.tsx';
import { InstallCommands } from '../parts/install-commands.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Failure, Waiting } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { TokenForm } from '../parts/token-form.tsx';
import { TokenList } from '../parts/token-list.tsx';
import { useIsOwner } from '../parts/use-role.ts';
import { serverQuery } from '../queries.ts';

const Install = ({ made }: { readonly made: EnrollTokenMade }) => {
  const { data: server } = useQuery(serverQuery);
  if (server === undefined) return <Waiting rows={3} />;
  return (
    <Panel title="Install the agent">
      <p className="max-w-prose px-3 pt-3 text-muted">
        The token in these commands is shown this once: whoever has it can add{' '}
        {made.maxUses === 1 ? 'a device' : `${made.maxUses} devices`}. The packages are those that came with this
        server.
      </p>
      <InstallCommands asked={{ server: globalThis.location.origin, token: made.token, version: server.version }} />
      <Arrivals token={made} />
    </Panel>
  );
};

const Enroll = () => {
  const [made, setMade] = useState<EnrollTokenMade | null>(null);
  const sites = useQuery(sitesQuery);
  if (sites.isPending) return <Waiting rows={3} />;
  if (sites.isError) return <Failure error={sites.error} onRetry={() => void sites.refetch()} />;
  return (
    <div className="max-w-5xl space-y-4">
      <Panel title="A token lets agents in">
        <TokenForm sites={sites.data} onMade={setMade} />
      </Panel>
      {made === null ? null : <Install key={made.id} made={made} />}
      <TokenList />
    </div>
  );
};

export const EnrollPage = () => {
  useTitle('Add devices');
  const isOwner = useIsOwner();
  return (
    <>
      <h1 className="mb-3 text-lg font-semibold">Add devices</h1>
      {isOwner ? (
        <Enroll />
      ) : (
        <Empty icon={MonitorX} title="Only the owner can add devices">
          Ask whoever runs this server for the commands.
        </Empty>
      )}
    </>
  );
};
