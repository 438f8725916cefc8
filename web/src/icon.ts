/** The page's icon: with a red dot where something is down, so that a tab in the background tells it. */

const DOT = "<circle cx='12' cy='4' r='4' fill='#d3232f'/>";

/** Shows the icon of index.html, with the dot or without. */
export function showIcon(trouble: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  plain ??= link.href;
  const [kind, drawing = ''] = plain.split(/,(.*)/s);
  const marked = decodeURIComponent(drawing).replace('</svg>', `${DOT}</svg>`);
  const href = trouble ? `${kind},${encodeURIComponent(marked)}` : plain;
  if (link.href !== href) link.href = href;
}

let plain: string | undefined;
