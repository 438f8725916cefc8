/** What asks for a moment of its own. The dialogs themselves are fetched when one is first wanted. */
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export type DialogName = 'range' | 'zone' | 'keys' | 'configuration';
export const opened = signal<DialogName | null>(null);

export function openDialog(name: DialogName): void {
  opened.value = name;
}

export function closeDialog(): void {
  opened.value = null;
}

export function Dialogs() {
  const name = opened.value;
  const [body, setBody] = useState<{ readonly Body: ComponentType } | null>(null);
  const wanted = name !== null;
  useEffect(() => {
    if (!wanted || body) return;
    void import('./dialog-bodies.tsx').then(({ DialogBody }) => setBody({ Body: DialogBody }));
  }, [wanted, body]);
  return wanted && body ? <body.Body key={name} /> : null;
}
