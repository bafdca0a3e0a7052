import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { newestFirst } from '../order.ts';
import { inOrder } from '../patch.ts';
import { alertsQuery, openCriticalFilter } from '../queries.ts';
import { isQuiet } from '../quiet.ts';

/** "7", or "100+" where not all of them are fetched. */
export const useOpenCritical = (): string => {
  const { data, hasNextPage } = useInfiniteQuery(alertsQuery(openCriticalFilter));
  const count = inOrder(data, newestFirst).filter((alert) => !isQuiet(alert)).length;
  return hasNextPage ? `${count}+` : String(count);
};

/** Names the page in the tab, with the number of open critical alerts in front. */
export const useTitle = (page: string): void => {
  const openCritical = useOpenCritical();
  useEffect(() => {
    document.title = `${openCritical === '0' ? '' : `(${openCritical}) `}${page} · Fettle`;
  }, [openCritical, page]);
};
