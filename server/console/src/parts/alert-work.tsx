// Alerts that can be selected and worked on: the rows, what acts on those that are selected, and the drawer.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { type ReactNode, useMemo, useState } from 'react';

import { useAlertCall } from '../alert-calls.ts';
import type { FormName } from '../alert-choices.ts';
import { explain } from '../api.ts';
import { useDeck } from '../deck.ts';
import { AlertDrawer, type Opened } from './alert-drawer.tsx';
import { AlertWorkContext } from './alert-work-context.ts';
import { Button } from './button.tsx';

type BarProps = {
  readonly chosen: readonly AlertView[];
  readonly onForm: (form: FormName) => void;
  readonly onClear: () => void;
};

/** Stands over the page, so that nothing moves when it comes. */
const BulkBar = ({ chosen, onForm, onClear }: BarProps) => {
  const call = useAlertCall();
  const { notices } = useDeck();
  const ack = (): void =>
    call.mutate(
      { alerts: chosen.filter(({ state }) => state === 'open'), call: { verb: 'ack', done: 'acknowledged' } },
      {
        onSuccess: (refused) => {
          for (const { alert, error } of refused.slice(0, 3))
            notices.failed(`Not acknowledged: ${alert.title} on ${alert.deviceName}. ${explain(error)}`);
          if (refused.length === 0) onClear();
        },
      },
    );
  return (
    <>
      <div className="h-16" />
      <section
        data-bulk
        aria-label="Selected alerts"
        className="fixed inset-x-0 bottom-3 z-20 mx-auto flex w-fit max-w-[calc(100vw-1rem)] flex-wrap items-center gap-2 rounded-lg border border-edge bg-surface px-3 py-2 shadow-lg"
      >
        <span className="mr-2 font-medium">{chosen.length} selected</span>
        <Button data-ack disabled={call.isPending || chosen.every(({ state }) => state !== 'open')} onClick={ack}>
          Ack
        </Button>
        <Button data-snooze onClick={() => onForm('snooze')}>
          Snooze…
        </Button>
        <Button onClick={() => onForm('assign')}>Assign…</Button>
        <Button onClick={() => onForm('mute')}>Mute…</Button>
        <Button onClick={onClear}>Clear</Button>
      </section>
    </>
  );
};

const useSelection = () => {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const select = (ids: readonly string[], isOn: boolean): void =>
    setSelected((now) => (isOn ? now.union(new Set(ids)) : now.difference(new Set(ids))));
  return { selected, select, clear: () => setSelected(new Set()) };
};

type Props = { readonly alerts: readonly AlertView[]; readonly children: ReactNode };

export const AlertWork = ({ alerts, children }: Props) => {
  const { selected, select, clear } = useSelection();
  const [opened, setOpened] = useState<Opened | null>(null);
  const open = (ids: readonly string[], form: FormName | null = null): void =>
    setOpened((last) => ({ ids, form, turn: (last?.turn ?? 0) + 1 }));
  const work = useMemo(() => ({ selected, select, open }), [selected]);
  const chosen = alerts.filter(({ id, state }) => selected.has(id) && state !== 'resolved');
  return (
    <AlertWorkContext value={work}>
      {children}
      <p role="status" className="sr-only">
        {chosen.length === 0 ? '' : `${chosen.length} selected`}
      </p>
      {chosen.length === 0 ? null : (
        <BulkBar
          chosen={chosen}
          onClear={clear}
          onForm={(form) =>
            open(
              chosen.map(({ id }) => id),
              form,
            )
          }
        />
      )}
      {opened === null ? null : (
        <AlertDrawer
          opened={opened}
          held={alerts}
          onDone={(ids) => select(ids, false)}
          onNarrow={(ids) => setOpened({ ...opened, ids })}
          onClose={() => setOpened(null)}
        />
      )}
    </AlertWorkContext>
  );
};
