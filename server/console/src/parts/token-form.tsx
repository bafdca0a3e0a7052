// What a new enrolment token is to be good for.
import type { EnrollTokenMade, SiteView } from '@fettle/shared/api/enroll-token.schema';
import { useState } from 'react';

import { explain } from '../api.ts';
import { useMakeToken } from '../enroll-calls.ts';
import { FIELD, Field, Refused } from './act-form.tsx';
import { Button } from './button.tsx';

const lifetimes = [
  ['1 hour', 1],
  ['1 day', 24],
  ['7 days', 7 * 24],
  ['30 days', 30 * 24],
] as const;

const siteText = ({ name, tenantName }: SiteView): string => (name === tenantName ? name : `${tenantName}, ${name}`);

type SiteProps = {
  readonly sites: readonly SiteView[];
  readonly value: string;
  readonly onChange: (id: string) => void;
};

const SiteField = ({ sites, value, onChange }: SiteProps) => (
  <Field label="Site of the devices">
    <select className={FIELD} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {sites.map((site) => (
        <option key={site.id} value={site.id}>
          {siteText(site)}
        </option>
      ))}
    </select>
  </Field>
);

const HoursField = ({ value, onChange }: { readonly value: number; readonly onChange: (hours: number) => void }) => (
  <Field label="Good for">
    <select className={FIELD} value={value} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
      {lifetimes.map(([word, hours]) => (
        <option key={hours} value={hours}>
          {word}
        </option>
      ))}
    </select>
  </Field>
);

const USES_DIGITS = 6;

const UsesField = ({ value, onChange }: { readonly value: string; readonly onChange: (uses: string) => void }) => (
  <Field label="Devices, at most">
    <input
      className={FIELD}
      inputMode="numeric"
      maxLength={USES_DIGITS}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  </Field>
);

type Props = { readonly sites: readonly SiteView[]; readonly onMade: (made: EnrollTokenMade) => void };

export const TokenForm = ({ sites, onMade }: Props) => {
  const [site, setSite] = useState(sites[0]?.id ?? '');
  const [hours, setHours] = useState(24);
  const [uses, setUses] = useState('1');
  const call = useMakeToken();
  return (
    <form
      className="grid items-end gap-3 p-3 sm:grid-cols-[2fr_1fr_1fr_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        if (!call.isPending) call.mutate({ site, hours, maxUses: Number(uses) }, { onSuccess: onMade });
      }}
    >
      <SiteField sites={sites} value={site} onChange={setSite} />
      <HoursField value={hours} onChange={setHours} />
      <UsesField value={uses} onChange={setUses} />
      <Button type="submit" tone="strong" disabled={call.isPending}>
        Make a token
      </Button>
      {call.isError ? (
        <div className="sm:col-span-4">
          <Refused>{explain(call.error)}</Refused>
        </div>
      ) : null}
    </form>
  );
};
