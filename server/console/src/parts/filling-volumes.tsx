import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import { formatBytes } from '@fettle/shared/words/format';

import { formatUntil } from '../format.ts';
import { Panel } from './panel.tsx';

type Volumes = DeviceDetail['fillingVolumes'];

/** What will be full one day, if it goes on like this. */
export const FillingVolumes = ({ volumes }: { readonly volumes: Volumes }) =>
  volumes.length === 0 ? null : (
    <Panel title="Filling up">
      <ul>
        {volumes.map(({ mountpoint, fullAt, bytesPerDay }) => (
          <li key={mountpoint} className="border-t border-line px-3 py-2 first:border-0">
            <span className="foreign font-mono text-xs">{mountpoint}</span> is full{' '}
            <span className="font-medium">{formatUntil(Date.parse(fullAt), Date.now())}</span> if it goes on by{' '}
            {formatBytes(bytesPerDay)} a day
          </li>
        ))}
      </ul>
    </Panel>
  );
