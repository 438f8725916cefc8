/** The bars of one card: built-in at first, Google's once they can be had. */
import { useEffect, useRef } from 'preact/hooks';
import type { ChartModel } from './chart-model.ts';
import { ChartStage } from './chart-stage.ts';
import { loadGoogle } from './google-loader.ts';
import { GoogleRenderer } from './google-renderer.ts';
import { googleBlocked } from './store.ts';
import { SvgRenderer } from './svg-renderer.ts';

interface Props {
  readonly model: ChartModel;
  /** Whether Google's charts are wanted. */
  readonly google: boolean;
}

export function Chart({ model, google: wanted }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const stage = useRef<ChartStage | null>(null);

  useEffect(() => {
    const element = box.current!;
    const bars = new ChartStage(element);
    stage.current = bars;
    bars.show(() => new SvgRenderer(), 'at once');
    if (wanted) void useGoogle(bars);
    const redraw = () => bars.resize();
    const observer = new ResizeObserver(redraw);
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', redraw);
      bars.destroy();
    };
  }, [wanted]);

  useEffect(() => stage.current?.update(model), [model]);
  return <div class="chart" ref={box} aria-hidden="true" />;
}

async function useGoogle(bars: ChartStage): Promise<void> {
  const giveUp = () => {
    googleBlocked.value = true;
  };
  try {
    const api = await loadGoogle();
    const failed = () => {
      bars.show(() => new SvgRenderer(), 'at once');
      giveUp();
    };
    bars.show((drawn) => new GoogleRenderer(api, { drawn, failed }), 'once drawn');
  } catch {
    // What follows: the built-in bars stay, and the page says so once.
    giveUp();
  }
}
