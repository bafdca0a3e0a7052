import { dirname, join } from 'node:path';

/** Where a checkout keeps its databases, unless told otherwise. */
export const DATA_FOLDER = join(dirname(import.meta.dirname), 'data');
