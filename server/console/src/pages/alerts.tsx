import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, SearchX, X } from 'lucide-react';

import { newestFirst } from '../order.ts';
import { AlertTable } from '../parts/alert-table.tsx';
import { AlertWork } from '../parts/alert-work.tsx';
import { Choices, ListHead, countText } from '../parts/filter-bar.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { ListPanel } from '../parts/list-panel.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { inOrder } from '../patch.ts';
import { alertsQuery } from '../queries.ts';
import { quietCounts } from '../quiet-words.ts';
import { isQuiet } from '../quiet.ts';
import { alertStatesOf, matchesText } from '../search.ts';

const stateChoices = [
  ['Current', undefined],
  ['Resolved', 'resolved'],
  ['All', 'all'],
] as const;

const severityChoices = [
  ['Any', undefined],
  ['Critical', 'critical'],
  ['Warning', 'warning'],
] as const;

const Filters = () => {
  const search = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  return (
    <>
      {search.rule === undefined ? null : (
        <Link to="/" search={{ ...search, rule: undefined }} className="chip">
          <span className="sr-only">Remove the filter: </span>
          {search.rule} <X size={13} aria-hidden />
        </Link>
      )}
      <Choices
        label="State"
        options={stateChoices}
        chosen={search.state}
        link={(state, props, word) => (
          <Link key={word} to="/" search={{ ...search, state }} {...props}>
            {word}
          </Link>
        )}
      />
      <Choices
        label="Severity"
        options={severityChoices}
        chosen={search.severity}
        link={(severity, props, word) => (
          <Link key={word} to="/" search={{ ...search, severity }} {...props}>
            {word}
          </Link>
        )}
      />
      <FilterField
        label="Filter alerts"
        value={search.q ?? ''}
        onChange={(text) => void navigate({ search: (now) => ({ ...now, q: text }), replace: true })}
      />
    </>
  );
};

const NoAlerts = ({ quiet }: { readonly quiet: number }) => {
  const { state, severity, rule, q } = useSearch({ from: '/shell/' });
  if (quiet > 0) return <Empty icon={CircleCheck} title="Nothing asks for anybody now" />;
  if (state !== undefined || severity !== undefined || rule !== undefined || q !== undefined) {
    return (
      <Empty icon={SearchX} title="No alert matches">
        <Link to="/" search={{}} className="link font-medium text-accent">
          Show all current alerts
        </Link>
      </Empty>
    );
  }
  return (
    <Empty icon={CircleCheck} title="All is well">
      Nothing is wrong right now; an alert appears here the moment something is. See{' '}
      <Link to="/devices" className="link font-medium text-accent">
        what is watched
      </Link>{' '}
      and{' '}
      <Link to="/rules" className="link font-medium text-accent">
        what would raise an alert
      </Link>
      .
    </Empty>
  );
};

const useAlerts = () => {
  const { state, severity, rule, q } = useSearch({ from: '/shell/' });
  const filter = { states: alertStatesOf(state), severity: severity ?? null, rule: rule ?? null, device: null };
  const list = useInfiniteQuery(alertsQuery(filter));
  const alerts = inOrder(list.data, newestFirst).filter((alert) =>
    matchesText(q, [alert.deviceName, alert.title, alert.instance, alert.rule]),
  );
  return { list, alerts };
};

/** They stand, and nobody is told of them for now: calmer, below the others, and always counted. */
const QuietPanel = ({ alerts }: { readonly alerts: readonly AlertView[] }) => {
  const search = useSearch({ from: '/shell/' });
  const isHidden = search.quiet === 'hidden';
  return (
    <div className="mt-4" data-quiet>
      <Panel
        title={`Quiet (${alerts.length})`}
        aside={
          <span className="text-muted">
            {quietCounts(alerts)} ·{' '}
            <Link
              to="/"
              search={{ ...search, quiet: isHidden ? undefined : 'hidden' }}
              replace
              className="link font-medium text-accent"
            >
              {isHidden ? 'Show' : 'Hide'}
              <span className="sr-only"> the quiet alerts</span>
            </Link>
          </span>
        }
      >
        {isHidden ? null : <AlertTable alerts={alerts} />}
      </Panel>
    </div>
  );
};

export const AlertsPage = () => {
  useTitle('Alerts');
  const { list, alerts } = useAlerts();
  const loud = alerts.filter((alert) => !isQuiet(alert));
  const quiet = alerts.filter(isQuiet);
  const count = countText(list.isSuccess, loud.length, list.hasNextPage);
  return (
    <AlertWork alerts={alerts}>
      <ListHead title="Alerts" count={quiet.length === 0 ? count : `${count} and ${quiet.length} quiet`}>
        <Filters />
      </ListHead>
      <ListPanel list={list} isEmpty={loud.length === 0} empty={<NoAlerts quiet={quiet.length} />}>
        <AlertTable alerts={loud} />
      </ListPanel>
      {quiet.length === 0 ? null : <QuietPanel alerts={quiet} />}
    </AlertWork>
  );
};
