import type { NoticeView } from '@fettle/shared/api/notice.schema';
import type { PostureItem } from '@fettle/shared/api/quiet.schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';

import { explain, postJson } from '../api.ts';
import { noticeText } from '../notice-words.ts';
import { Refused } from '../parts/act-form.tsx';
import { Ago } from '../parts/ago.tsx';
import { Button } from '../parts/button.tsx';
import { ListHead, countText } from '../parts/filter-bar.tsx';
import { Panel } from '../parts/panel.tsx';
import { Empty, Failure, Waiting } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { deadNoticesQuery, meQuery } from '../queries.ts';
import { postureQuery } from '../work-queries.ts';

const kinds: Readonly<Record<PostureItem['kind'], string>> = {
  upkeep: 'Upkeep: in its time, without a ticket of its own',
  preexisting: 'Was so before the agent came',
  silent: 'Not heard of',
  maintenance: 'Nobody is told of what happens there',
};

const Item = ({ item }: { readonly item: PostureItem }) => (
  <li className="px-4 py-3">
    <h2 className="text-base font-semibold">{item.title}</h2>
    <p className="text-muted">
      {kinds[item.kind]} · {item.tenant}
    </p>
    <details className="mt-1">
      <summary data-row className="w-fit">
        {item.count} {item.count === 1 ? 'place' : 'places'}
      </summary>
      <ul className="foreign mt-1 columns-[20rem] gap-8">
        {item.devices.map(({ id, name, instance, since }) => (
          <li key={`${id} ${instance}`} className="break-inside-avoid py-0.5">
            <Link to="/devices/$id" params={{ id }} className="link font-medium text-accent">
              {name}
            </Link>
            {instance === '' ? null : <span className="ml-2 font-mono text-xs text-muted">{instance}</span>}
            <span className="text-muted">
              {' '}
              since <Ago at={since} />
            </span>
          </li>
        ))}
      </ul>
      {item.count > item.devices.length ? <p className="text-muted">The first {item.devices.length} of them.</p> : null}
    </details>
  </li>
);

const DeadNotice = ({ notice }: { readonly notice: NoticeView }) => {
  const client = useQueryClient();
  const resend = useMutation({
    mutationFn: (delivery: string) => postJson<null>(`/notices/${encodeURIComponent(delivery)}/resend`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] }),
  });
  const { delivery } = notice;
  return (
    <li className="space-y-1 px-4 py-2">
      <p className="foreign">
        {noticeText(notice)}
        <span className="text-muted">
          {' · '}
          <Ago at={notice.at} suffix />
        </span>
      </p>
      {delivery === null ? null : (
        <Button isSmall disabled={resend.isPending} onClick={() => resend.mutate(delivery)}>
          Send again
        </Button>
      )}
      {resend.isError ? <Refused>{explain(resend.error)}</Refused> : null}
    </li>
  );
};

/** For the owner, and only where there are any. */
const DeadNotices = () => {
  const { data: me } = useQuery(meQuery);
  const { data: dead } = useQuery({ ...deadNoticesQuery, enabled: me?.role === 'owner' });
  if (dead === undefined || dead.length === 0) return null;
  return (
    <div className="mt-4">
      <Panel title={`Messages that were given up (${dead.length})`}>
        <ul className="divide-y divide-line">
          {dead.map((notice) => (
            <DeadNotice key={notice.id} notice={notice} />
          ))}
        </ul>
      </Panel>
    </div>
  );
};

export const PosturePage = () => {
  useTitle('Posture');
  const posture = useQuery(postureQuery);
  const items = posture.data ?? [];
  return (
    <>
      <ListHead title="Posture" count={countText(posture.isSuccess, items.length, false)} />
      <p className="mb-3 max-w-prose text-muted">What should be looked at in its time, and is no emergency.</p>
      {posture.isPending ? <Waiting /> : null}
      {posture.isError ? <Failure error={posture.error} onRetry={() => void posture.refetch()} /> : null}
      {posture.isSuccess ? (
        <Panel>
          {items.length === 0 ? (
            <Empty icon={CircleCheck} title="Nothing waits">
              What was so before an agent came, what wears out, and devices that fell silent are listed here.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((item) => (
                <Item key={`${item.tenant} ${item.kind} ${item.rule}`} item={item} />
              ))}
            </ul>
          )}
        </Panel>
      ) : null}
      <DeadNotices />
    </>
  );
};
