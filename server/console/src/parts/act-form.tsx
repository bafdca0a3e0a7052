// What every form about an alert, a ticket or a device is made of. A refusal is shown in it, and what was typed stays.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';

import { explain } from '../api.ts';
import { localMs, localText } from '../moments.ts';
import { peopleQuery } from '../work-queries.ts';
import { Button } from './button.tsx';

export const FIELD = 'h-8 w-full rounded-md border border-edge bg-surface px-2.5';

export const Field = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <label className="block">
    <span className="mb-1 block font-medium">{label}</span>
    {children}
  </label>
);

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly onChange: (text: string) => void;
};

export const TextField = ({ label, value, maxLength, onChange }: TextProps) => (
  <Field label={label}>
    <input
      className={FIELD}
      maxLength={maxLength}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  </Field>
);

type MomentProps = Omit<TextProps, 'maxLength'>;

/** A moment to come, by the reader's clock; `value` is the text of the field. */
export const MomentField = ({ label, value, onChange }: MomentProps) => (
  <Field label={label}>
    <input
      className={FIELD}
      type="datetime-local"
      min={localText(Date.now())}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  </Field>
);

/** For the API; null while the field says no moment. */
export const instantIn = (text: string): string | null => {
  const atMs = localMs(text);
  return atMs === null ? null : new Date(atMs).toISOString();
};

type PersonProps = {
  readonly tenant: string;
  readonly value: string;
  /** What the choice of nobody is called; without it there is none. */
  readonly nobody?: string;
  readonly onChange: (name: string) => void;
};

/** Whom it is given to: whoever works for the tenant, and who has it now. */
export const PersonField = ({ tenant, value, nobody, onChange }: PersonProps) => {
  const people = useQuery(peopleQuery(tenant));
  const known = people.data?.map(({ name }) => name) ?? [];
  const names = value === '' || known.includes(value) ? known : [value, ...known];
  return (
    <>
      <Field label="To">
        <select className={FIELD} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          <option value="">{nobody ?? (people.isPending ? 'Loading…' : 'Choose')}</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      {people.isError ? <Refused>{explain(people.error)}</Refused> : null}
    </>
  );
};

/** What went wrong, where it was asked for. */
export const Refused = ({ children }: { readonly children: ReactNode }) => (
  <div role="alert" className="foreign rounded-md border border-critical px-2.5 py-1.5 text-critical">
    {children}
  </div>
);

type FormProps = {
  readonly verb: string;
  readonly isReady: boolean;
  readonly isPending: boolean;
  readonly onSend: () => void;
  readonly onLeave: () => void;
  readonly children: ReactNode;
};

/** The keyboard goes into the form, and to what stands in its place when it is left. */
const useFocusWithin = (): RefObject<HTMLFormElement | null> => {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const place = form.current?.closest('section');
    form.current?.querySelector<HTMLElement>('button, input, select, textarea')?.focus();
    return () => {
      setTimeout(() => {
        // the last button opens a form; the first ones do something at once
        if (document.activeElement === document.body) [...(place?.querySelectorAll('button') ?? [])].at(-1)?.focus();
      });
    };
  }, []);
  return form;
};

export const ActForm = ({ verb, isReady, isPending, onSend, onLeave, children }: FormProps) => (
  <form
    ref={useFocusWithin()}
    className="space-y-2"
    onSubmit={(event) => {
      event.preventDefault();
      if (isReady && !isPending) onSend();
    }}
  >
    {children}
    <div className="flex gap-2">
      <Button type="submit" tone="strong" disabled={!isReady || isPending}>
        {verb}
      </Button>
      <Button onClick={onLeave}>Cancel</Button>
    </div>
  </form>
);
