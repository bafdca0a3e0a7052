// Whom a token has let in: nobody yet, then each device as it comes, by the live feed.
import type { EnrollTokenView } from '@fettle/shared/api/enroll-token.schema';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';

import { explain } from '../api.ts';
import { byName } from '../order.ts';
import { inOrder } from '../patch.ts';
import { arrivalsQuery } from '../queries.ts';
import { Refused } from './act-form.tsx';
import { PresenceTag } from './presence.tsx';

export const Arrivals = ({ token }: { readonly token: EnrollTokenView }) => {
  const list = useInfiniteQuery(arrivalsQuery(token.createdAt));
  const devices = inOrder(list.data, byName).filter(({ site, watchedBy }) => site === token.site && watchedBy === null);
  return (
    <div aria-live="polite" data-arrivals className="border-t border-line p-3">
      {list.isError ? <Refused>{explain(list.error)}</Refused> : null}
      {devices.length === 0 ? (
        <p className="flex items-center gap-2 text-muted">
          <LoaderCircle size={15} aria-hidden className="motion-safe:animate-spin" />
          Waiting for the first agent…
        </p>
      ) : (
        <ul className="space-y-1">
          {devices.map(({ id, name, presence }) => (
            <li key={id} className="flex items-center gap-3">
              <Link to="/devices/$id" params={{ id }} className="link foreign font-medium text-accent">
                {name}
              </Link>
              <PresenceTag presence={presence} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
