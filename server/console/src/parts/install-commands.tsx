// The commands for one system at a time, each to be copied as it is.
import { Copy } from 'lucide-react';
import { useState } from 'react';

import { type Asked, type Block, type System, blocksFor, systemNames, systems } from '../install.ts';
import { Button } from './button.tsx';
import { Choices } from './filter-bar.tsx';

/** A browser lends its clipboard only to pages that came by TLS, or from this machine. */
const copies = (): boolean => 'clipboard' in navigator;

const CopyButton = ({ text }: { readonly text: string }) => {
  const [word, setWord] = useState('Copy');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setWord('Copied');
    } catch {
      setWord('Select it, and copy');
    }
  };
  return (
    <Button isSmall onClick={() => void copy()}>
      <Copy size={13} aria-hidden />
      <span aria-live="polite">{word}</span>
    </Button>
  );
};

const Commands = ({ where, lines }: Block) => {
  const text = lines.join('\n');
  return (
    <li className="mt-3">
      <div className="mb-1 flex items-center justify-between gap-3">
        <h3 className="font-medium">{where}</h3>
        {copies() ? <CopyButton text={text} /> : null}
      </div>
      <pre data-commands className="overflow-x-auto rounded-md bg-raised px-3 py-2 font-mono text-xs select-all">
        {text}
      </pre>
    </li>
  );
};

const Impossible = () => (
  <p className="mt-3">The address of this server cannot be written into a command. Set public_url to a plain one.</p>
);

export const InstallCommands = ({ asked }: { readonly asked: Asked }) => {
  const [system, setSystem] = useState<System>('debian');
  const blocks = blocksFor(system, asked);
  return (
    <div className="p-3">
      <Choices<System>
        label="System"
        options={systems.map((known) => [systemNames[known], known])}
        chosen={system}
        link={(value, { className, 'aria-current': isChosen }, word) => (
          <button
            key={value}
            type="button"
            className={className}
            aria-pressed={isChosen}
            onClick={() => setSystem(value)}
          >
            {word}
          </button>
        )}
      />
      {blocks.length === 0 ? <Impossible /> : null}
      <ul>
        {blocks.map((block) => (
          <Commands key={block.where} {...block} />
        ))}
      </ul>
    </div>
  );
};
