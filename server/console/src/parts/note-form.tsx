import type { TicketView } from '@fettle/shared/api/alert.schema';
import { useState } from 'react';

import { useAddNote } from '../actions.ts';
import { Button } from './button.tsx';
import { useMayChange } from './use-role.ts';

export const LONGEST_NOTE = 10_000;
export const TEXT_AREA = 'w-full rounded-md border border-edge bg-surface px-2.5 py-1.5';

export const NoteForm = ({ ticket }: { readonly ticket: TicketView }) => {
  const [text, setText] = useState('');
  const [isAnswer, setAnswer] = useState(false);
  const addNote = useAddNote();
  const mayChange = useMayChange();
  const isEmpty = text.trim() === '';
  const send = (): void => addNote.mutate({ ticket, text: text.trim(), isAnswer }, { onSuccess: () => setText('') });
  if (!mayChange) return null;
  return (
    <form
      className="border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) send();
      }}
    >
      <label className="block">
        <span className="mb-1 block font-medium">{isAnswer ? 'Answer' : 'Note'}</span>
        <textarea
          className={TEXT_AREA}
          rows={2}
          maxLength={LONGEST_NOTE}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button type="submit" disabled={isEmpty || addNote.isPending}>
          {isAnswer ? 'Send answer' : 'Add note'}
        </Button>
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={isAnswer}
            onChange={(event) => setAnswer(event.currentTarget.checked)}
          />
          An answer to whoever asked, not for technicians only
        </label>
      </div>
    </form>
  );
};
