// "Why was I told, or not?": what the server says of it, by which rule as it is for the device, and what was sent.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import type { NoticeView } from '@fettle/shared/api/notice.schema';
import type { EffectiveView } from '@fettle/shared/api/rule.schema';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { usedByTexts } from '../evidence.ts';
import { formatInstant, formatUntil, inReadersTime } from '../format.ts';
import { noticeText } from '../notice-words.ts';
import { meQuery } from '../queries.ts';
import { effectiveQuery, explainQuery, noticesQuery } from '../work-queries.ts';
import { Ago, useEachSecond } from './ago.tsx';
import { Failure, Waiting } from './states.tsx';

type Props = { readonly alert: AlertView };

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section>
    <h3 className="mb-0.5 font-semibold">{title}</h3>
    <div className="foreign space-y-0.5">{children}</div>
  </section>
);

type Said = EffectiveView['values'][number]['said'][number];

const ChangedBy = ({ by }: Pick<Said, 'by'>) =>
  by === null ? null : (
    <span className="text-muted">
      {' '}
      (version {by.version}, by {by.author}, <Ago at={by.at} suffix />)
    </span>
  );

/** Where the values of the rule were changed for this device; as the pack has them goes without saying. */
const Origins = ({ alert }: Props) => {
  const { data } = useQuery(effectiveQuery(alert));
  if (data === undefined) return null;
  const changed = data.values.filter(({ said }) => said.length > 1);
  if (data.disabled) return <p>It is switched off for this device now.</p>;
  if (changed.length === 0) return <p className="text-muted">All its values are those of the pack.</p>;
  return (
    <ul className="list-disc pl-5">
      {changed.map(({ path, text, said }) => (
        <li key={path}>
          <span className="font-mono text-xs text-muted">{path}</span>{' '}
          {text.replaceAll(`device ${alert.device}`, 'this device')}
          <ChangedBy by={said.at(-1)?.by ?? null} />
        </li>
      ))}
    </ul>
  );
};

const Sent = ({ notice }: { readonly notice: NoticeView }) => (
  <li>
    {noticeText(notice)}
    <span className="text-muted">
      {' · '}
      <time dateTime={notice.at}>{formatInstant(Date.parse(notice.at))}</time>
    </span>
  </li>
);

/** Messages are for the owner to see: they name who gets what. */
const Notices = ({ alert }: Props) => {
  const { data: me } = useQuery(meQuery);
  const isOwner = me?.role === 'owner';
  const notices = useQuery({ ...noticesQuery(alert.id), enabled: isOwner });
  if (!isOwner) return <p className="text-muted">Which message went where is for the owner to see.</p>;
  if (notices.data === undefined) return null;
  if (notices.data.length === 0) return <p className="text-muted">No message was made for it.</p>;
  return (
    <ul className="list-disc pl-5">
      {notices.data.map((notice) => (
        <Sent key={notice.id} notice={notice} />
      ))}
    </ul>
  );
};

const RuleText = ({ alert }: Props) => {
  const { data } = useQuery(explainQuery(alert.id));
  if (data === undefined) return null;
  const { id, title, levels, isInForce } = data.rule;
  return (
    <>
      <p>
        {title}{' '}
        <Link to="/rules" className="link font-mono text-xs text-accent">
          {id}
        </Link>
      </p>
      <ul className="list-disc pl-5">
        {levels.map((level) => (
          <li key={level}>{level}</li>
        ))}
      </ul>
      {isInForce ? null : <p>It was judged by a version of this rule that is not in force any more.</p>}
    </>
  );
};

export const AlertReasons = ({ alert }: Props) => {
  const { data, error, isError, refetch } = useQuery(explainQuery(alert.id));
  const told = useEachSecond((nowMs) => inReadersTime(data?.told ?? '', nowMs));
  if (isError && data === undefined) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Waiting rows={5} />;
  return (
    <div className="space-y-3" data-reasons>
      <Part title="Who was told">
        <p>{told}</p>
        {data.mutedUntil === null ? null : (
          <p>Its problem is muted until {formatUntil(Date.parse(data.mutedUntil), Date.now())}.</p>
        )}
      </Part>
      <Part title="Messages to other places">
        <Notices alert={alert} />
      </Part>
      <Part title="Why it is here">
        {data.why.map((line) => (
          <p key={line}>{inReadersTime(line, Date.now())}</p>
        ))}
        {usedByTexts(alert).map((text) => (
          <p key={text} className="text-muted">
            {text}
          </p>
        ))}
      </Part>
      <Part title="The rule">
        <RuleText alert={alert} />
        <Origins alert={alert} />
      </Part>
    </div>
  );
};
