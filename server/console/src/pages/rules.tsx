import type { RuleView } from '@fettle/shared/api/common.schema';
import { levelText } from '@fettle/shared/words/rule-words';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { ListHead, countText } from '../parts/filter-bar.tsx';
import { SeverityTag } from '../parts/severity.tsx';
import { Failure, Waiting } from '../parts/states.tsx';
import { StepText } from '../parts/step-text.tsx';
import { useTitle } from '../parts/title.ts';
import { rulesQuery } from '../queries.ts';

type LevelProps = Pick<RuleView['levels'][number], 'severity' | 'urgency'> & { readonly when: string };

const Level = ({ severity, urgency, when }: LevelProps) => (
  <li className="flex items-center gap-2">
    <span className="w-20 shrink-0">
      <SeverityTag severity={severity} />
    </span>
    <span className="min-w-24">{when}</span>
    <span className="whitespace-nowrap text-muted">{urgency} urgency</span>
  </li>
);

const OpenAlerts = ({ rule }: { readonly rule: RuleView }) =>
  rule.openAlerts === 0 ? (
    <span className="text-muted">No open alerts</span>
  ) : (
    <Link to="/" search={{ rule: rule.id }} className="link font-medium text-accent">
      {rule.openAlerts} open {rule.openAlerts === 1 ? 'alert' : 'alerts'}
    </Link>
  );

const Rule = ({ rule }: { readonly rule: RuleView }) => (
  <li className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-2 px-4 py-3.5 md:grid-cols-[minmax(0,1fr)_21rem]">
    <div className="min-w-0">
      <h2 className="text-base font-semibold">{rule.title}</h2>
      <p className="font-mono text-xs text-muted">
        {rule.id}
        {rule.tenant === undefined ? null : ` of ${rule.tenant}`}
      </p>
      <p className="mt-1.5 max-w-prose">{rule.text}</p>
      {rule.steps.length === 0 ? null : (
        <details className="mt-1.5">
          <summary data-row className="w-fit text-muted">
            {rule.steps.length} {rule.steps.length === 1 ? 'step' : 'steps'} to mend it
          </summary>
          <ol className="mt-1.5 max-w-prose list-decimal space-y-1 pl-5">
            {rule.steps.map((step) => (
              <li key={step}>
                <StepText text={step} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
    <div className="space-y-2">
      <ul className="space-y-0.5">
        {rule.levels.map(({ severity, urgency }, index) => (
          <Level key={severity} severity={severity} urgency={urgency} when={levelText(rule.definition, index)} />
        ))}
      </ul>
      <OpenAlerts rule={rule} />
    </div>
  </li>
);

export const RulesPage = () => {
  useTitle('Rules');
  const rules = useQuery(rulesQuery);
  return (
    <>
      <ListHead title="Rules" count={countText(rules.isSuccess, rules.data?.length ?? 0, false)} />
      {rules.isPending ? <Waiting /> : null}
      {rules.isError ? <Failure error={rules.error} onRetry={() => void rules.refetch()} /> : null}
      {rules.isSuccess ? (
        <ul className="max-w-6xl divide-y divide-line rounded-lg border border-line bg-surface">
          {rules.data.map((rule) => (
            <Rule key={`${rule.tenant ?? ''} ${rule.id}`} rule={rule} />
          ))}
        </ul>
      ) : null}
    </>
  );
};
