/** What the bar under the pointer says. Stays open while bars change; Escape, or leaving, closes it. */
import { useEffect, useState } from 'preact/hooks';
import { type Bar, barAt, type ChartModel } from './chart-model.ts';
import { formatNumber } from './format.ts';
import { shownName } from './key-name.ts';
import { messages } from './messages.ts';
import { MARGIN } from './plot-box.ts';

/** Keys named in one tip. */
const PARTS_MAX = 6;

interface Props {
  readonly model: ChartModel;
  readonly box: { readonly current: HTMLElement | null };
  /** The bar that the keyboard is at; the pointer wins. */
  readonly chosen: Bar | null;
}

export function BarTip({ model, box, chosen }: Props) {
  const place = usePointerPlace(box);
  const bar = place === null ? chosen : barAt(model, place);
  if (!bar) return null;
  const width = box.current?.clientWidth ?? 0;
  if (width === 0) return null;
  const { from, to } = model;
  const x = (at: number) =>
    MARGIN.left + ((at - from) / (to - from)) * (width - MARGIN.left - MARGIN.right);
  // The largest first: they are what the bar is made of.
  const parts = (bar.parts ?? [])
    .filter(({ value }) => value !== 0)
    .sort((a, b) => b.value - a.value);
  const middle = x((bar.start + bar.end) / 2);
  return (
    <div class="tip" aria-hidden="true">
      <div
        class="column"
        style={{ left: px(x(bar.start)), width: px(x(bar.end) - x(bar.start)) }}
      />
      <div
        class={`words ${middle > width / 2 ? 'to-left' : 'to-right'}`}
        style={{ left: px(middle) }}
      >
        <b>{bar.shown}</b>
        {bar.previous && model.compare && bar.previous.value !== null && (
          <span>
            {messages.columns.before}: {formatNumber(bar.previous.value)}
          </span>
        )}
        {parts.slice(0, PARTS_MAX).map(({ key, look, pattern, value }) => (
          <span key={key} class={`key look-${look} ${pattern}`}>
            <bdi>{shownName(key)}</bdi>: {formatNumber(value)}
          </span>
        ))}
        {parts.length > PARTS_MAX && <span>{messages.moreKeys(parts.length - PARTS_MAX)}</span>}
        {model.keys.length > 0 && bar.parts === null && bar.value !== null && (
          <span>{messages.notSplit}</span>
        )}
        <span>{bar.span}</span>
        <span>{bar.stateText}</span>
      </div>
    </div>
  );
}

const px = (length: number) => `${length}px`;

/** Where the pointer is between the left (0) and the right (1) end of the axis; null: elsewhere. */
function usePointerPlace(box: Props['box']): number | null {
  const [place, setPlace] = useState<number | null>(null);
  useEffect(() => {
    const element = box.current!;
    const stop = new AbortController();
    const { signal } = stop;
    const move = (event: PointerEvent) => {
      const { left, width } = element.getBoundingClientRect();
      setPlace((event.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right));
    };
    element.addEventListener('pointermove', move, { signal });
    element.addEventListener('pointerdown', move, { signal });
    const leave = ({ pointerType }: PointerEvent) => {
      // A finger that is lifted has not gone elsewhere.
      if (pointerType !== 'touch') setPlace(null);
    };
    element.addEventListener('pointerleave', leave, { signal });
    const elsewhere = ({ target }: Event) => {
      if (!element.contains(target as Node)) setPlace(null);
    };
    document.addEventListener('pointerdown', elsewhere, { signal });
    const dismiss = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') setPlace(null);
    };
    document.addEventListener('keydown', dismiss, { signal });
    return () => stop.abort();
  }, []);
  return place;
}
