import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import { formatBytes, formatNumber } from '@fettle/shared/words/format';
import { CircleCheck, CircleSlash } from 'lucide-react';

import { Panel } from './panel.tsx';

type Capability = DeviceDetail['capabilities'][number];

const reasons: Readonly<Record<NonNullable<Capability['reason']>['code'], string>> = {
  no_hardware: 'there is no such hardware',
  virtual: 'this is a virtual machine',
  tool_missing: 'a program is missing',
  tool_too_old: 'a program is too old',
  permission: 'the agent may not read it',
  policy_blocked: 'a policy forbids it',
  not_on_this_os: 'this system does not have it',
  timeout: 'reading it takes too long',
  parse_error: 'its output was not understood',
  service_broken: 'a service that it needs is broken',
};

const Why = ({ reason }: Pick<Capability, 'reason'>) => {
  if (reason === null) return <>not available</>;
  return (
    <>
      not available, because {reasons[reason.code]}
      {reason.detail === '' ? null : <> ({reason.detail})</>}
      {reason.fix === null ? null : <span className="block text-ink">To mend it: {reason.fix}</span>}
    </>
  );
};

/** "12 readings, 0.12 ms of CPU each, 1 failed" */
const costText = ({ runs, cpuMs, children, bytes, failures }: NonNullable<Capability['cost']>): string => {
  const each = runs === 0 ? 0 : cpuMs / runs;
  const programs = children === 0 ? '' : `, ${children} programs started, ${formatBytes(bytes)} read from them`;
  const failed = failures === 0 ? '' : `, ${failures} failed`;
  return `${runs} readings, ${formatNumber(each)} ms of CPU each${programs}${failed}`;
};

const Cost = ({ cost }: { readonly cost: NonNullable<Capability['cost']> }) => (
  <span className="block text-xs text-muted">
    {costText(cost)}
    {cost.lastReason === null ? null : (
      <span className="block text-ink">
        The last one failed, because {reasons[cost.lastReason.code]} ({cost.lastReason.detail})
      </span>
    )}
    {cost.partial.map(({ code, detail }) => (
      <span key={detail} className="block text-ink">
        Something is missing, because {reasons[code]} ({detail})
      </span>
    ))}
  </span>
);

const CapabilityRow = ({
  capability: { collector, available, source, reason, cost },
}: {
  readonly capability: Capability;
}) => {
  const Icon = available ? CircleCheck : CircleSlash;
  return (
    <li className="flex gap-2 break-inside-avoid py-1">
      <Icon size={15} aria-hidden className={`mt-0.5 shrink-0 ${available ? 'text-good' : 'text-muted'}`} />
      <span className="foreign min-w-0">
        <span className="font-medium first-letter:uppercase">{collector}</span>
        <span className="text-muted">: {available ? (source ?? 'available') : <Why reason={reason} />}</span>
        {cost === null ? null : <Cost cost={cost} />}
      </span>
    </li>
  );
};

/** What the agent can read here, and why it cannot read the rest. */
export const CapabilityList = ({ capabilities }: Pick<DeviceDetail, 'capabilities'>) => (
  <Panel title="What is read here">
    {capabilities.length === 0 ? (
      <p className="p-3 text-muted">The agent has not told yet.</p>
    ) : (
      <ul className="columns-[21rem] gap-10 px-3 py-2">
        {capabilities
          .toSorted((one, other) => Number(other.available) - Number(one.available))
          .map((capability) => (
            <CapabilityRow key={capability.collector} capability={capability} />
          ))}
      </ul>
    )}
  </Panel>
);
