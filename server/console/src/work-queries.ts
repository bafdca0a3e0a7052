// What is asked for where people work on alerts, tickets and devices: not before, so that a page is there without it.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import type { NoticeView } from '@fettle/shared/api/notice.schema';
import type { PersonView } from '@fettle/shared/api/person.schema';
import type { Explanation, PostureItem, WindowView } from '@fettle/shared/api/quiet.schema';
import type { EffectiveView } from '@fettle/shared/api/rule.schema';
import { MINUTE_MS } from '@fettle/shared/time';
import { queryOptions } from '@tanstack/react-query';

import { getJson } from './api.ts';

/** Why it is there, and why somebody was told of it or not. */
export const explainQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'explain', id],
    queryFn: ({ signal }) => getJson<Explanation>(`/alerts/${encodeURIComponent(id)}/explain`, signal),
    staleTime: 0,
  });

/** The rule of an alert as it is for its device, and where its values come from. */
export const effectiveQuery = ({ rule, device }: Pick<AlertView, 'rule' | 'device'>) =>
  queryOptions({
    queryKey: ['rules', 'effective', rule, device],
    queryFn: ({ signal }) =>
      getJson<EffectiveView>(
        `/rules/${encodeURIComponent(rule)}/effective?device=${encodeURIComponent(device)}`,
        signal,
      ),
  });

type Items<T> = { readonly items: readonly T[] };

/** What was sent about an alert or a ticket, the newest first; for the owner. */
export const noticesQuery = (subject: string) =>
  queryOptions({
    queryKey: ['notices', subject],
    queryFn: async ({ signal }) =>
      (await getJson<Items<NoticeView>>(`/notices?limit=20&subject=${encodeURIComponent(subject)}`, signal)).items,
    staleTime: 0,
  });

/** Whom work of a tenant can be given to. */
export const peopleQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['people', tenant],
    queryFn: async ({ signal }) =>
      (await getJson<Items<PersonView>>(`/people?tenant=${encodeURIComponent(tenant)}`, signal)).items,
    staleTime: 5 * MINUTE_MS,
  });

/** All windows that are not over. The feed does not tell of them, but for those of one device. */
export const maintenanceQuery = queryOptions({
  queryKey: ['maintenance'],
  queryFn: async ({ signal }) => (await getJson<Items<WindowView>>('/maintenance', signal)).items,
  refetchInterval: MINUTE_MS,
});

/** What can wait, the most of each tenant first. */
export const postureQuery = queryOptions({
  queryKey: ['posture'],
  queryFn: async ({ signal }) => (await getJson<Items<PostureItem>>('/posture', signal)).items,
});
