/** A button that is an icon; its name is there for everyone: as its label, and as a hint with its key. */
import type { LucideIcon } from 'lucide-react';

export function IconButton(props: {
  icon: LucideIcon;
  name: string;
  /** Key that does the same. */
  shortcut?: string;
  onClick: () => void;
  strong?: boolean;
  className?: string;
  pressed?: boolean;
}) {
  const { icon: Icon, name, shortcut, onClick, strong = false, className = '', pressed } = props;
  const look = strong
    ? 'bg-inverse text-on-inverse focus-visible:outline-offset-2'
    : 'text-t2 hover:bg-raise hover:text-t1';
  return (
    <button
      type="button"
      aria-label={name}
      aria-keyshortcuts={shortcut}
      aria-pressed={pressed}
      title={shortcut ? `${name} (${shortcut})` : name}
      onClick={onClick}
      className={`inline-flex flex-none items-center justify-center rounded-control transition-colors duration-120 ease-chrome ${look} ${className || 'size-8'}`}
    >
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" fill={strong ? 'currentColor' : 'none'} />
    </button>
  );
}
