/** The bars of one card: built-in at first, Google's once they can be had. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ChartModel } from './chart-model.ts';
import { ChartStage } from './chart-stage.ts';
import { type Mark, Overlay } from './overlay.ts';
import { googleBlocked } from './store.ts';
import { SvgRenderer } from './svg-renderer.ts';

interface Props {
  readonly model: ChartModel;
  /** Whether Google's charts are wanted. */
  readonly google: boolean;
  readonly marks: readonly Mark[];
}

export function Chart({ model, google: wanted, marks }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const stage = useRef<ChartStage | null>(null);
  const marksNow = useRef(marks);
  marksNow.current = marks;

  useLayoutEffect(() => {
    const element = box.current!;
    const overlay = new Overlay();
    overlay.mount(element);
    const bars = new ChartStage(element, (by, drawn) =>
      overlay.update(drawn, marksNow.current, !by.hatches),
    );
    stage.current = bars;
    bars.show(() => new SvgRenderer(), 'at once');
    if (wanted) void useGoogle(bars);
    const redraw = () => {
      overlay.measure();
      bars.resize();
    };
    const observer = new ResizeObserver(redraw);
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', redraw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', redraw);
      bars.destroy();
      overlay.destroy();
    };
  }, [wanted]);

  // At once, not after the next frame: otherwise the charts of many cards would pile up in one task.
  useLayoutEffect(() => stage.current?.update(model), [model, marks]);
  return <div class="chart" ref={box} aria-hidden="true" />;
}

async function useGoogle(bars: ChartStage): Promise<void> {
  const giveUp = () => {
    googleBlocked.value = true;
  };
  try {
    // Fetched only where Google's charts are wanted.
    const { GoogleRenderer, loadGoogle } = await import('./google-renderer.ts');
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
