import { CircleCheck, CircleX, X } from 'lucide-react';

import { useDeck } from '../deck.ts';
import type { Notice } from '../notices.ts';
import { IconButton } from './button.tsx';
import { useStore } from './use-store.ts';

const looks = {
  done: { Icon: CircleCheck, tone: 'text-good' },
  failed: { Icon: CircleX, tone: 'text-critical' },
} as const;

const NoticeCard = ({ notice, onDismiss }: { readonly notice: Notice; readonly onDismiss: () => void }) => {
  const { Icon, tone } = looks[notice.tone];
  return (
    <li className="flex items-start gap-2 rounded-lg border border-line bg-surface p-3 shadow-lg">
      <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${tone}`} />
      <p className="grow">{notice.text}</p>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  );
};

export const NoticeList = () => {
  const { notices } = useDeck();
  const shown = useStore(notices.shown);
  return (
    <div role="status" className="fixed right-4 bottom-4 z-30 w-88 max-w-[calc(100vw-2rem)]">
      <ul className="flex flex-col gap-2">
        {shown.map((notice) => (
          <NoticeCard key={notice.id} notice={notice} onDismiss={() => notices.dismiss(notice.id)} />
        ))}
      </ul>
    </div>
  );
};
