import type { DeviceDetail } from '@fettle/shared/api/device.schema';

import { Ago } from './ago.tsx';
import { Panel } from './panel.tsx';

type Inventory = NonNullable<DeviceDetail['inventory']>;

const Section = ({ section: { title, facts } }: { readonly section: Inventory['sections'][number] }) => (
  <section className="mb-5 break-inside-avoid">
    <h3 className="mb-1 text-xs font-semibold text-muted">{title}</h3>
    <dl>
      {facts.map(({ label, value }, at) => (
        <div key={at} className="flex justify-between gap-4 border-t border-line py-1 first:border-0">
          <dt className="shrink-0">{label}</dt>
          <dd className="foreign text-right text-muted">{value}</dd>
        </div>
      ))}
    </dl>
  </section>
);

export const InventoryList = ({ inventory }: Pick<DeviceDetail, 'inventory'>) => {
  if (inventory === null) return null;
  const aside = (
    <span className="text-xs text-muted">
      as of <Ago at={inventory.at} suffix />
    </span>
  );
  return (
    <Panel title="Inventory" aside={aside}>
      <div className="columns-[21rem] gap-10 p-3 pb-0">
        {inventory.sections.map((section) => (
          <Section key={section.id} section={section} />
        ))}
      </div>
    </Panel>
  );
};
