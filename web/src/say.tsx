/** The one polite live region: what was asked for, and what the reader must know. Never every tick. */
import { signal } from '@preact/signals';

const said = signal('');
/** What is seen for a moment, beside being said. */
const toast = signal('');
const TOAST_MS = 2_500;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Lets a screen reader say it. */
export function say(text: string): void {
  said.value = text;
}

/** Says it, and shows it for a moment. */
export function tellReader(text: string): void {
  say(text);
  toast.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast.value = '';
  }, TOAST_MS);
}

export function Said() {
  return (
    <>
      <p class="unseen" role="status" aria-live="polite">
        {said.value}
      </p>
      {toast.value !== '' && (
        <p class="toast" aria-hidden="true">
          {toast.value}
        </p>
      )}
    </>
  );
}
