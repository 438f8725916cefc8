/** Bars, the coverage strip below them, and the tip under the pointer: three views of one time axis. */
import { useRef } from 'preact/hooks';
import { BarTip } from './bar-tip.tsx';
import { Chart } from './chart.tsx';
import { type ChartModel, runsOf, totalsOf } from './chart-model.ts';
import { coverageText, messages } from './messages.ts';

interface Props {
  readonly model: ChartModel | null;
  readonly google: boolean;
}

export function Plot({ model, google }: Props) {
  const box = useRef<HTMLDivElement>(null);
  if (!model) return <div class="plot skeleton" />;
  return (
    <div class="plot" ref={box}>
      <Chart model={model} google={google} />
      <Strip model={model} />
      {model.bars.at(-1)?.state === 'open' && (
        <span class="so-far" aria-hidden="true">
          {messages.soFar}
        </span>
      )}
      <BarTip model={model} box={box} />
    </div>
  );
}

/** Tells a gap from a zero without colour, whoever draws the bars. */
function Strip({ model: { bars } }: { readonly model: ChartModel }) {
  return (
    <div class="strip" role="img" aria-label={coverageText(totalsOf(bars))}>
      {runsOf(bars).map(({ state, start, count }) => (
        <i key={start} class={state} data-count={count} style={{ flexGrow: count }} />
      ))}
    </div>
  );
}
