import { SECOND_MS } from '@fettle/shared/time';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

const SETTLE_MS = 0.2 * SECOND_MS;

type Props = {
  readonly label: string;
  /** As the address has it. */
  readonly value: string;
  readonly onChange: (text: string) => void;
};

/** What is typed; it goes to the address when the typing pauses, and follows the address while nobody types. */
const useTyped = ({ value, onChange }: Props) => {
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== field.current) setText(value);
  }, [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), SETTLE_MS);
    return () => clearTimeout(timer);
    // Only typing starts the wait: a change of the address does not.
  }, [text]);
  return { text, setText, field };
};

/** The text filter of a list; the key "/" leads here, Escape back out. */
export const FilterField = (props: Props) => {
  const { text, setText, field } = useTyped(props);
  return (
    <label className="relative min-w-0 grow sm:max-w-72">
      <span className="sr-only">{props.label}</span>
      <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        ref={field}
        type="search"
        data-filter
        className="h-8 w-full rounded-md border border-edge bg-surface pr-2 pl-8"
        placeholder={props.label}
        value={text}
        maxLength={200}
        autoComplete="off"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </label>
  );
};
