import { join } from 'node:path';

/** The built pages, beside the program in a checkout and in a package alike. */
export const CONSOLE = join(import.meta.dirname, '..', 'console', 'dist');
