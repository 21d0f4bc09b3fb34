/** A dialog over the page: the browser's own, with its focus trap and Escape. */
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './icon-button.tsx';

export function Dialog(props: { title: string; onClose?: () => void; children: ReactNode; width?: string }) {
  const { title, onClose, children, width = 'w-[640px]' } = props;
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // A dialog begins with its first button; one that was opened to type in says where.
    dialog?.querySelector<HTMLElement>('[data-begin-here]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; the click is on the backdrop.
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose?.();
      }}
      className={`m-auto max-h-[calc(100dvh-32px)] max-w-[calc(100vw-24px)] ${width} overflow-auto border border-line2 bg-chrome p-0 text-t1 shadow-[0_8px_24px_#0006]`}
    >
      <div className="p-5">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={titleId} className="text-heading font-[650]">
            {title}
          </h2>
          {onClose && <IconButton icon={X} name="Close" onClick={onClose} className="-mt-1 -mr-1 size-8" />}
        </div>
        {children}
      </div>
    </dialog>
  );
}
