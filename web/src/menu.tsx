/** The menu of a card: made when it is first opened. */
import type { ComponentType } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ChannelView } from './api.ts';
import type { ChartModel } from './chart-model.ts';
import { messages } from './messages.ts';

export interface MenuProps {
  readonly channel: ChannelView;
  readonly model: ChartModel | null;
  /** To be called when something has been picked. */
  readonly close: () => void;
}

export function CardMenu({ channel, model }: Omit<MenuProps, 'close'>) {
  const { name, title } = channel;
  const menu = useRef<HTMLDivElement>(null);
  const [items, setItems] = useState<{ readonly Items: ComponentType<MenuProps> } | null>(null);
  const id = `menu-${name}`;
  const opened = async () => {
    if (!items) setItems({ Items: (await import('./menu-items.tsx')).MenuItems });
    requestAnimationFrame(() => place(menu.current!));
  };
  return (
    <>
      <button type="button" class="more" popovertarget={id} aria-label={messages.menu(title)}>
        ⋯
      </button>
      <div id={id} class="menu" popover="auto" ref={menu} onToggle={opened}>
        {items && (
          <items.Items channel={channel} model={model} close={() => menu.current?.hidePopover()} />
        )}
      </div>
    </>
  );
}

/** Under its button, inside the window. */
function place(menu: HTMLElement): void {
  const button = menu.previousElementSibling!.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, button.right - width)}px`;
  menu.style.top = `${Math.min(button.bottom + 4, innerHeight - height - 8)}px`;
}
