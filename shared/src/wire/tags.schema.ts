// What a device is to people, in words of theirs: given at its enrolment, and changed by people from then on.
import { z } from 'zod';

export const TAGS_MAX = 20;

export const deviceTag = z.string().regex(/^[a-z0-9][a-z0-9:._-]{0,63}$/);
export const deviceTags = z.array(deviceTag).max(TAGS_MAX);
