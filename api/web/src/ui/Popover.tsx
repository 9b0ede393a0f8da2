import * as Radix from '@radix-ui/react-popover';
import { type ReactNode, useState } from 'react';
import { Icon, type IconName } from './icons';

interface PopoverProps {
  /** What the button says to those who cannot see where it is. */
  label: string;
  icon?: IconName;
  text: ReactNode;
  className?: string;
  testId?: string;
  children: (close: () => void) => ReactNode;
}

/** A button that opens something to choose from. */
export function Popover({ label, icon, text, className = '', testId, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger className="button-quiet tool" aria-label={label} data-testid={testId}>
        {icon && <Icon name={icon} />}
        <span className="truncate">{text}</span>
        <Icon name="chevron" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={`popover ${className}`}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
        >
          {children(() => setOpen(false))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
