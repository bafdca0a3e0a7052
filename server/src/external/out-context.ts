// What those back ends need that can only be told.
import type { SendContext } from '../notice/send.ts';

export type OutContext = Omit<SendContext, 'signal'>;
