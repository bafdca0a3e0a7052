import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { healthWords, isAnyRecent } from '../health-words.ts';
import { deadNoticesQuery, healthQuery, meQuery } from '../queries.ts';
import { useEachSecond } from './ago.tsx';

/** Who watches the devices must be told when the watch itself is not well. */
export const HealthBanner = () => {
  const { data: health } = useQuery(healthQuery);
  const { data: me } = useQuery(meQuery);
  const { data: dead } = useQuery({ ...deadNoticesQuery, enabled: me?.role === 'owner' });
  const isUndelivered = useEachSecond((nowMs) => isAnyRecent(dead ?? [], nowMs));
  const found = health ? healthWords(health) : [];
  if (found.length === 0 && !isUndelivered) return null;
  return (
    <div role="alert" className="border-b border-line bg-caution px-4 py-1 text-center text-warning">
      {found.map((text) => (
        <p key={text} className="foreign">
          {text}
        </p>
      ))}
      {isUndelivered ? (
        <p>
          Messages of the last day reached nobody:{' '}
          <Link to="/posture" className="underline underline-offset-2">
            see which, and why
          </Link>
        </p>
      ) : null}
    </div>
  );
};
