/** What can be taken away from a card: its numbers, its picture, a link, code to embed it. */
import { bucketsAddress, type ChannelView } from './api.ts';
import type { MenuProps } from './menu.tsx';
import { messages } from './messages.ts';
import { downloadPicture } from './picture.ts';
import { absoluteLink, copy } from './share.ts';
import { wanted } from './store.ts';
import { linkTo } from './view.ts';

export function MenuItems({ channel, model, close }: MenuProps) {
  const { name, title } = channel;
  const asked = wanted(channel);
  const { csv, json, download } = messages;
  const item = (text: string, act: () => unknown) => (
    <button
      type="button"
      onClick={() => {
        close();
        act();
      }}
    >
      {text}
    </button>
  );
  return (
    <>
      <a href={bucketsAddress(name, asked, { format: 'csv' })} aria-label={download(csv, title)}>
        {csv}
      </a>
      <a href={bucketsAddress(name, asked)} aria-label={download(json, title)}>
        {json}
      </a>
      {item(messages.png, () => model && downloadPicture(model, name, 'png'))}
      {item(messages.svg, () => model && downloadPicture(model, name, 'svg'))}
      {item(messages.copyLink, () => copy(linkTo({ channel: name })))}
      {item(messages.copyAbsolute, () => copy(absoluteLink(name, model)))}
      {item(messages.copyEmbed, () => copy(embedCode(channel)))}
      {item(messages.copyBadge, () => copy(badgeAddress(name)))}
    </>
  );
}

function embedCode({ name, title }: ChannelView): string {
  const address = linkTo({ channel: name, kiosk: false, filter: '' }, 'embed');
  const escaped = title.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<iframe src="${address.replaceAll('&', '&amp;')}" title="${escaped}" width="600" height="330" loading="lazy"></iframe>`;
}

function badgeAddress(name: string): string {
  return new URL(`api/v1/channels/${encodeURIComponent(name)}/badge.svg`, document.baseURI).href;
}
