import type { TicketView } from '@fettle/shared/api/alert.schema';
import { useState } from 'react';

import { useAddNote } from '../actions.ts';
import { Button } from './button.tsx';

export const LONGEST_NOTE = 10_000;
export const TEXT_AREA = 'w-full rounded-md border border-edge bg-surface px-2.5 py-1.5';

export const NoteForm = ({ ticket }: { readonly ticket: TicketView }) => {
  const [text, setText] = useState('');
  const addNote = useAddNote();
  const isEmpty = text.trim() === '';
  const send = (): void => addNote.mutate({ ticket, text: text.trim() }, { onSuccess: () => setText('') });
  return (
    <form
      className="border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) send();
      }}
    >
      <label className="block">
        <span className="mb-1 block font-medium">Note</span>
        <textarea
          className={TEXT_AREA}
          rows={2}
          maxLength={LONGEST_NOTE}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div className="mt-2">
        <Button type="submit" disabled={isEmpty || addNote.isPending}>
          Add note
        </Button>
      </div>
    </form>
  );
};
