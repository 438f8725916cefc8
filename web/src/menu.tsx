/** What can be taken away from a card: its numbers, its picture, a link, code to embed it. */
import { useRef } from 'preact/hooks';
import { bucketsAddress, type ChannelView } from './api.ts';
import type { ChartModel } from './chart-model.ts';
import { messages } from './messages.ts';
import { tellReader } from './say.tsx';
import type { CardData } from './series.ts';
import { wanted } from './store.ts';
import { linkTo, view, zoneName } from './view.ts';

interface Props {
  readonly channel: ChannelView;
  readonly model: ChartModel | null;
  readonly data: CardData;
}

export function CardMenu({ channel, model }: Props) {
  const { name, title } = channel;
  const menu = useRef<HTMLDivElement>(null);
  const id = `menu-${name}`;
  const asked = wanted(channel);
  const { csv, json, png, svg, download } = messages;
  const pick = (act: () => unknown) => () => {
    menu.current?.hidePopover();
    void act();
  };
  const picture = (kind: 'png' | 'svg') => async () => {
    if (!model) return;
    const { downloadPicture } = await import('./picture.ts');
    await downloadPicture(model, name, kind);
  };
  return (
    <>
      <button type="button" class="more" popovertarget={id} aria-label={messages.menu(title)}>
        ⋯
      </button>
      <div
        id={id}
        class="menu"
        popover="auto"
        ref={menu}
        onToggle={(event) => place(event.currentTarget)}
      >
        <a href={bucketsAddress(name, asked, { format: 'csv' })} aria-label={download(csv, title)}>
          {csv}
        </a>
        <a href={bucketsAddress(name, asked)} aria-label={download(json, title)}>
          {json}
        </a>
        <button type="button" onClick={pick(picture('png'))}>
          {png}
        </button>
        <button type="button" onClick={pick(picture('svg'))}>
          {svg}
        </button>
        <button type="button" onClick={pick(() => copy(linkTo({ channel: name })))}>
          {messages.copyLink}
        </button>
        <button type="button" onClick={pick(() => copy(absoluteLink(channel, model)))}>
          {messages.copyAbsolute}
        </button>
        <button type="button" onClick={pick(() => copy(embedCode(channel)))}>
          {messages.copyEmbed}
        </button>
        <button type="button" onClick={pick(() => copy(badgeAddress(name)))}>
          {messages.copyBadge}
        </button>
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

/** The same bars for whoever opens it, whenever: times, lengths and zone are all in it. */
export function absoluteLink(channel: ChannelView | null, model: ChartModel | null): string {
  const span =
    model && model.bars.length > 0 ? { from: model.from, to: model.to } : view.value.span;
  return linkTo({
    ...(channel ? { channel: channel.name } : {}),
    span,
    range: null,
    zone: zoneName.value,
  });
}

function embedCode({ name, title }: ChannelView): string {
  const address = linkTo({ channel: name, kiosk: false, filter: '' }, 'embed');
  const escaped = title.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<iframe src="${address.replaceAll('&', '&amp;')}" title="${escaped}" width="600" height="330" loading="lazy"></iframe>`;
}

function badgeAddress(name: string): string {
  return new URL(`api/v1/channels/${encodeURIComponent(name)}/badge.svg`, document.baseURI).href;
}

/** To the clipboard; where the browser does not let us, into a box to copy from. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tellReader(messages.copied);
  } catch {
    // What follows: plain HTTP has no clipboard, so the reader copies by hand.
    prompt(messages.copyThis, text);
  }
}
