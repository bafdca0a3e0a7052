// What became of a message, in a few words.
import type { NoticeView } from '@fettle/shared/api/notice.schema';

type Shown = Pick<NoticeView, 'kind' | 'state' | 'channelName' | 'why' | 'attempts'>;

const states: Readonly<Record<NoticeView['state'], (notice: Shown) => string>> = {
  waiting: () => 'waits for others to be sent with it',
  skipped: () => 'not sent',
  queued: ({ attempts }) => (attempts === 0 ? 'is about to be sent' : `is tried again after ${tries(attempts)}`),
  sending: () => 'is being sent',
  sent: () => 'sent',
  dead: ({ attempts }) => `given up after ${tries(attempts)}`,
};

const tries = (count: number): string => (count === 1 ? 'one try' : `${count} tries`);

/** "fired, to Slack: given up after 12 tries (no such channel)" */
export const noticeText = (notice: Shown): string => {
  const what = notice.kind.split('.').at(-1) ?? notice.kind;
  const where = notice.channelName === null ? '' : `, to ${notice.channelName}`;
  const why = notice.why === '' || notice.state === 'sent' ? '' : ` (${notice.why})`;
  return `${what}${where}: ${states[notice.state](notice)}${why}`;
};
