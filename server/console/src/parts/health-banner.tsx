import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { healthWords } from '../health-words.ts';
import { healthQuery, meQuery } from '../queries.ts';

/** Who watches the devices must be told when the watch itself is not well. */
export const HealthBanner = () => {
  const { data: health } = useQuery(healthQuery);
  const { data: me } = useQuery(meQuery);
  const found = health ? healthWords(health) : [];
  if (found.length === 0) return null;
  return (
    <div role="alert" className="border-b border-line bg-caution px-4 py-1 text-center text-warning">
      {found.map((text) => (
        <p key={text} className="foreign">
          {text}
        </p>
      ))}
      {me?.role === 'owner' && health?.problems.includes('notice_dead') ? (
        <p>
          <Link to="/posture" className="underline underline-offset-2">
            See which messages, and why
          </Link>
        </p>
      ) : null}
    </div>
  );
};
