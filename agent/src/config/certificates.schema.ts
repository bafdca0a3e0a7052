// [certificates]: files in PEM or DER, or folders of such files.
import { z } from 'zod';

export const certificates = z.array(z.string().regex(/^\//, 'must be an absolute path').max(1_000)).max(100);
