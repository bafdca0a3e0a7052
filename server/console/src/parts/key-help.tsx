import { X } from 'lucide-react';
import { type RefObject, useState } from 'react';

import { keyHelp } from '../keys.ts';
import { IconButton } from './button.tsx';
import { areKeysOn, turnKeys } from './keyboard.ts';

/** The list of keys, and the switch for those who are troubled by single-letter keys. */
export const KeyHelp = ({ dialog }: { readonly dialog: RefObject<HTMLDialogElement | null> }) => {
  const [isOn, setOn] = useState(areKeysOn);
  const turn = (on: boolean): void => {
    turnKeys(on);
    setOn(on);
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="key-help"
      className="m-auto w-96 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-4 text-ink shadow-xl"
    >
      <header className="mb-3 flex items-center justify-between">
        <h2 id="key-help" className="text-lg font-semibold">
          Keys
        </h2>
        <IconButton label="Close" onClick={() => dialog.current?.close()}>
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {keyHelp.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt className="font-mono text-xs leading-5 text-muted">{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex items-center gap-2 border-t border-line pt-3">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={isOn}
          onChange={(event) => turn(event.currentTarget.checked)}
        />
        Use these keys
      </label>
    </dialog>
  );
};
