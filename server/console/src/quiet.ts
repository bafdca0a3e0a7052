import type { AlertView } from '@fettle/shared/api/alert.schema';

/** Nobody is told of it for now. It stands all the same. */
export const isQuiet = ({ quiet, state }: Pick<AlertView, 'quiet' | 'state'>): boolean =>
  quiet !== null && state !== 'resolved';
