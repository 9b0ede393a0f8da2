import { type ReactNode, useLayoutEffect, useRef } from 'react';

interface ModalProps {
  className: string;
  labelledBy: string;
  describedBy?: string;
  close: () => void;
  children: ReactNode;
}

/**
 * The browser's own dialog: it keeps the focus inside and gives it back, closes by Escape, and
 * needs no inline style, which the page's policy refuses.
 */
export function Modal({ className, labelledBy, describedBy, close, children }: ModalProps) {
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={box}
      className={`modal ${className}`}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // What is beside the content is the backdrop.
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      {children}
    </dialog>
  );
}
