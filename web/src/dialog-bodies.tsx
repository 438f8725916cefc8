/** A custom range, another zone, the keyboard map, the configuration. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { timeNow } from './clock.ts';
import { ConfigurationView } from './configuration.tsx';
import { closeDialog, opened } from './dialogs.tsx';
import { messages } from './messages.ts';
import { shortcutsOff } from './shortcuts.ts';
import { list, shown } from './store.ts';
import { setView, view } from './view.ts';
import { isZone } from './view-state.ts';
import { rangeMs } from './window.ts';
import { fromLocal, offsetMs } from './zone.ts';

const { controls } = messages;

export function DialogBody() {
  switch (opened.value) {
    case 'range':
      return <CustomRange />;
    case 'zone':
      return <OtherZone />;
    case 'keys':
      return <Keys />;
    case 'configuration':
      return (
        <Dialog title={controls.configuration}>
          <ConfigurationView />
        </Dialog>
      );
    default:
      return null;
  }
}

/** The browser's own: it keeps the focus in, and Escape closes it. */
function Dialog({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const dialog = element.current!;
    dialog.addEventListener('close', closeDialog);
    dialog.showModal();
    return () => {
      // The event of this end comes a task later, when the next dialog may be open already.
      dialog.removeEventListener('close', closeDialog);
      // While it is open, nothing behind it can have the focus.
      dialog.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog ref={element} aria-labelledby="dialog-title">
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" onClick={closeDialog} aria-label={controls.close}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** `2026-11-21T14:05` on the clocks of the chosen zone. */
const toInput = (at: number) => new Date(at + offsetMs(at)).toISOString().slice(0, 16);
const fromInput = (text: string) => fromLocal(Date.parse(`${text}Z`))[0]!;

function CustomRange() {
  const chart = (shown.value[0] ?? list.value?.data[0])?.chart ?? { interval: '1m', range: '1h' };
  const end = view.value.span?.to ?? timeNow();
  const [from, setFrom] = useState(
    toInput(view.value.span?.from ?? end - rangeMs(view.value, chart)),
  );
  const [to, setTo] = useState(toInput(end));
  const [wrong, setWrong] = useState(false);
  const show = (event: Event) => {
    event.preventDefault();
    const span = { from: fromInput(from), to: fromInput(to) };
    if (!(span.from < span.to)) return setWrong(true);
    setView({ span, range: null });
    closeDialog();
  };
  return (
    <Dialog title={controls.range}>
      <form onSubmit={show}>
        <label>
          {controls.from}
          <input
            type="datetime-local"
            required
            value={from}
            onInput={({ currentTarget }) => setFrom(currentTarget.value)}
          />
        </label>
        <label>
          {controls.to}
          <input
            type="datetime-local"
            required
            value={to}
            onInput={({ currentTarget }) => setTo(currentTarget.value)}
          />
        </label>
        {wrong && <p role="alert">{controls.spanWrong}</p>}
        <button type="submit">{controls.apply}</button>
      </form>
    </Dialog>
  );
}

function OtherZone() {
  const [name, setName] = useState(view.value.zone ?? '');
  const [wrong, setWrong] = useState(false);
  const show = (event: Event) => {
    event.preventDefault();
    if (!isZone(name)) return setWrong(true);
    setView({ zone: name });
    closeDialog();
  };
  return (
    <Dialog title={controls.zone}>
      <form onSubmit={show}>
        <label>
          {controls.zoneName}
          <input
            list="zones"
            required
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <datalist id="zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        {wrong && <p role="alert">{controls.zoneUnknown}</p>}
        <button type="submit">{controls.apply}</button>
      </form>
    </Dialog>
  );
}

function Keys() {
  return (
    <Dialog title={messages.keysTitle}>
      <dl class="keys">
        {messages.shortcuts.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={shortcutsOff.value}
          onChange={({ currentTarget }) => {
            shortcutsOff.value = currentTarget.checked;
          }}
        />
        {messages.shortcutsOff}
      </label>
    </Dialog>
  );
}
