import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CircleCheck, SearchX, X } from 'lucide-react';

import { newestFirst } from '../order.ts';
import { AlertTable } from '../parts/alert-table.tsx';
import { Choices, ListHead, countText } from '../parts/filter-bar.tsx';
import { FilterField } from '../parts/filter-field.tsx';
import { ListPanel } from '../parts/list-panel.tsx';
import { Empty } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { inOrder } from '../patch.ts';
import { alertsQuery } from '../queries.ts';
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

const NoAlerts = () => {
  const { state, severity, rule, q } = useSearch({ from: '/shell/' });
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

export const AlertsPage = () => {
  useTitle('Alerts');
  const { list, alerts } = useAlerts();
  return (
    <>
      <ListHead title="Alerts" count={countText(list.isSuccess, alerts.length, list.hasNextPage)}>
        <Filters />
      </ListHead>
      <ListPanel list={list} isEmpty={alerts.length === 0} empty={<NoAlerts />}>
        <AlertTable alerts={alerts} />
      </ListPanel>
    </>
  );
};
