// Which events are about notices, and who carries each out.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { NoticeEvent } from '../domain/notice/event.ts';
import { applyPutSetting, applyRemoveSetting, applyTested } from './channels.ts';
import type { WriteContext } from './context.ts';
import { applyAttempted, applyClaim, applyResend } from './deliveries.ts';
import { applyCreateIngestToken, applyExternalAlerts } from './ingest.ts';
import { applyPlan } from './notices.ts';

type Carried = {
  readonly [K in NoticeEvent['type']]: (event: NoticeEvent & { type: K }, context: WriteContext) => Outcome;
};

const carried: Carried = {
  'put notice setting': applyPutSetting,
  'remove notice setting': applyRemoveSetting,
  'resend notice': applyResend,
  'tested channel': applyTested,
  'create ingest token': applyCreateIngestToken,
  'plan notices': (_event, context) => applyPlan(context),
  'claim notices': applyClaim,
  'notice attempted': applyAttempted,
  'external alerts': applyExternalAlerts,
};

export const isNoticeEvent = (event: WriterEvent): event is NoticeEvent => Object.hasOwn(carried, event.type);

export const applyNotice = <K extends NoticeEvent['type']>(
  event: NoticeEvent & { readonly type: K },
  context: WriteContext,
): Outcome => carried[event.type](event, context);
