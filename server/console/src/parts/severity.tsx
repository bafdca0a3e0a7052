import type { Severity } from '@fettle/shared/alert/alert';
import { OctagonAlert, TriangleAlert } from 'lucide-react';

const looks = {
  critical: { Icon: OctagonAlert, word: 'Critical', tone: 'text-critical' },
  warning: { Icon: TriangleAlert, word: 'Warning', tone: 'text-warning' },
} as const;

type TagProps = { readonly severity: Severity; /** Nobody is told of it. */ readonly isCalm?: boolean };

export const SeverityTag = ({ severity, isCalm = false }: TagProps) => {
  const { Icon, word, tone } = looks[severity];
  return (
    <span className={`inline-flex items-center align-middle gap-1.5 ${isCalm ? 'text-muted' : `font-medium ${tone}`}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
};

type CountProps = { readonly severity: Severity; readonly count: number };

/** A number of alerts; the word is there for who cannot see the icon. */
export const SeverityCount = ({ severity, count }: CountProps) => {
  const { Icon, word, tone } = looks[severity];
  if (count === 0) return null;
  return (
    <span
      className={`inline-flex items-center align-middle gap-1 font-medium ${tone}`}
      title={`${count} ${word.toLowerCase()}`}
    >
      <Icon size={14} aria-hidden />
      {count}
      <span className="sr-only">{word.toLowerCase()}</span>
    </span>
  );
};
