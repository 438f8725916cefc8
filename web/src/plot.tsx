/** Bars, the coverage strip below them, and the tip of one bar: three views of one time axis, walked by arrow keys. */
import { useRef, useState } from 'preact/hooks';
import { BarTip } from './bar-tip.tsx';
import { Chart } from './chart.tsx';
import { type Bar, type ChartModel, countsOf, runsOf } from './chart-model.ts';
import { coverageText, messages } from './messages.ts';
import type { Mark } from './overlay.ts';
import { say } from './say.tsx';

interface Props {
  readonly model: ChartModel | null;
  readonly google: boolean;
  readonly title: string;
  readonly marks: readonly Mark[];
}

export function Plot({ model, google, title, marks }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { chosen, onKeyDown, onBlur } = useWalk(model);
  if (!model) return <div class="plot skeleton" />;
  return (
    <div
      class="plot"
      ref={box}
      role="application"
      aria-roledescription="bars"
      aria-label={`${title}. ${coverageText(countsOf(model.bars))}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from bar to bar
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <Chart model={model} google={google} marks={marks} />
      <Strip model={model} />
      {model.bars.at(-1)?.state === 'open' && (
        <span class="so-far" aria-hidden="true">
          {messages.soFar}
        </span>
      )}
      <BarTip model={model} box={box} chosen={chosen} />
    </div>
  );
}

/** Arrow keys choose a bar, and it is spoken. */
function useWalk(model: ChartModel | null) {
  const [at, setAt] = useState<number | null>(null);
  const bars = model?.bars ?? [];
  const index = at === null ? -1 : bars.findIndex(({ start }) => start === at);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = target(event.key, index, bars.length);
    if (event.key === 'Escape') setAt(null);
    const bar = to === null ? undefined : bars[to];
    if (!bar) return;
    event.preventDefault();
    setAt(bar.start);
    say(`${bar.shown}, ${bar.span}, ${bar.stateText}`);
  };
  const chosen: Bar | null = bars[index] ?? null;
  return { chosen, onKeyDown, onBlur: () => setAt(null) };
}

function target(key: string, index: number, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case 'ArrowLeft':
      return index < 0 ? last : Math.max(0, index - 1);
    case 'ArrowRight':
      return index < 0 ? last : Math.min(last, index + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** Tells a gap from a zero without colour, whoever draws the bars. */
function Strip({ model: { bars } }: { readonly model: ChartModel }) {
  return (
    <div class="strip" role="img" aria-label={coverageText(countsOf(bars))}>
      {runsOf(bars).map(({ state, start, count }) => (
        <i key={start} class={state} data-count={count} style={{ flexGrow: count }} />
      ))}
    </div>
  );
}
