import { Link } from '@tanstack/react-router';
import { Unlink } from 'lucide-react';

import { Empty } from '../parts/states.tsx';

export const MissingPage = () => (
  <Empty icon={Unlink} title="There is nothing at this address">
    <Link to="/" className="link font-medium text-accent">
      Go to the alerts
    </Link>
  </Empty>
);
