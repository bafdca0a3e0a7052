import type { ComponentProps } from 'react';

const tones = {
  plain: 'px-2.5 border-line bg-surface text-ink hover:bg-raised',
  strong: 'px-2.5 border-transparent bg-accent text-on-accent hover:opacity-90',
  bare: 'w-7 border-transparent text-muted hover:bg-raised hover:text-ink',
} as const;

type Props = Omit<ComponentProps<'button'>, 'className' | 'size'> & {
  readonly tone?: keyof typeof tones;
  readonly isSmall?: boolean;
};

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap disabled:opacity-50';

export const Button = ({ tone = 'plain', isSmall = false, ...rest }: Props) => (
  <button type="button" className={`${SHAPE} ${isSmall ? 'h-6' : 'h-7'} ${tones[tone]}`} {...rest} />
);

type IconButtonProps = Omit<Props, 'aria-label' | 'title' | 'tone' | 'isSmall'> & { readonly label: string };

/** A button that shows only an icon; the label is its name and its tip. */
export const IconButton = ({ label, ...rest }: IconButtonProps) => (
  <Button tone="bare" aria-label={label} title={label} {...rest} />
);
