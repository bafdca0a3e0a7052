import { useQuery } from '@tanstack/react-query';

import { healthWords } from '../health-words.ts';
import { healthQuery } from '../queries.ts';

/** Who watches the devices must be told when the watch itself is not well. */
export const HealthBanner = () => {
  const { data: health } = useQuery(healthQuery);
  const found = health ? healthWords(health) : [];
  if (found.length === 0) return null;
  return (
    <div role="alert" className="border-b border-line bg-caution px-4 py-1 text-center text-warning">
      {found.map((text) => (
        <p key={text} className="foreign">
          {text}
        </p>
      ))}
    </div>
  );
};
