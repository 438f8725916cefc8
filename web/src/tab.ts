/** The browser's tab: its title and icon say what is wrong, also in a tab that nobody looks at. */
import { useEffect } from 'preact/hooks';
import { showIcon } from './icon.ts';
import { messages } from './messages.ts';
import { down, shown, silentSince } from './store.ts';
import { view } from './view.ts';

/** Keeps title and icon up to date while the calling component is shown. */
export function useTab(): void {
  const isSilent = silentSince.value !== null;
  const downCount = down.value.length;
  const title = view.value.channel === null ? '' : (shown.value[0]?.title ?? '');
  useEffect(() => {
    const plain = title === '' ? messages.product : `${title} – ${messages.product}`;
    const named = downCount > 0 ? messages.downTitle(downCount, plain) : plain;
    document.title = isSilent ? messages.unreachableTitle : named;
    showIcon(isSilent || downCount > 0);
  }, [isSilent, title, downCount]);
}
