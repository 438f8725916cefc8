/** The bars of one card: built-in at first, Google's once they can be had. */
import { useEffect, useRef } from 'preact/hooks';
import type { ChartModel } from './chart-model.ts';
import { loadGoogle } from './google-loader.ts';
import { GoogleRenderer } from './google-renderer.ts';
import type { ChartRenderer } from './renderer.ts';
import { googleBlocked } from './store.ts';
import { SvgRenderer } from './svg-renderer.ts';

export function Chart({
  model,
  google: wanted,
}: {
  readonly model: ChartModel;
  readonly google: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const renderer = useRef<ChartRenderer | null>(null);
  const latest = useRef(model);
  latest.current = model;

  useEffect(() => {
    const element = box.current!;
    let gone = false;
    const use = (next: ChartRenderer) => {
      renderer.current?.destroy();
      renderer.current = next;
      next.mount(element);
      next.update(latest.current);
    };
    use(new SvgRenderer());
    if (wanted) {
      loadGoogle().then(
        (api) => !gone && use(new GoogleRenderer(api)),
        () => {
          googleBlocked.value = true;
        },
      );
    }
    const again = () => renderer.current?.resize();
    const observer = new ResizeObserver(again);
    observer.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', again);
    return () => {
      gone = true;
      observer.disconnect();
      scheme.removeEventListener('change', again);
      renderer.current?.destroy();
    };
  }, [wanted]);

  useEffect(() => renderer.current?.update(model), [model]);
  return <div class="chart" ref={box} aria-hidden="true" />;
}
