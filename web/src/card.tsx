/** One channel: title, rate, bars, coverage strip, and the numbers as a table. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type BucketPage, bucketsAddress, type ChannelView } from './api.ts';
import { Chart } from './chart.tsx';
import { type ChartModel, chartModel } from './chart-model.ts';
import { formatNumber } from './format.ts';
import { messages } from './messages.ts';
import { pollBars } from './store.ts';

export function Card({
  channel,
  google,
}: {
  readonly channel: ChannelView;
  readonly google: boolean;
}) {
  const { name, title, description, processor, chart } = channel;
  const element = useRef<HTMLElement>(null);
  const inView = useInView(element);
  const page = useSignal<BucketPage | null>(null);
  useEffect(
    () => (inView ? pollBars(channel, page) : undefined),
    [inView, name, chart.interval, chart.range],
  );
  const data = page.value?.data;
  const model = useMemo(
    () => (data ? chartModel(data, processor.measure) : null),
    [data, processor.measure],
  );
  return (
    <article class="card" ref={element} data-channel={name} aria-labelledby={`title-${name}`}>
      <header>
        <h2 id={`title-${name}`}>{title}</h2>
        {channel.rate !== null && <span class="rate">{messages.rate(channel.rate)}</span>}
      </header>
      <p class="about">{description}</p>
      {model ? (
        <Bars model={model} channel={channel} google={google} />
      ) : (
        <div class="chart skeleton" role="status">
          {messages.loading}
        </div>
      )}
      <footer>
        <LinkState channel={channel} />
        <a href={bucketsAddress(channel, 'csv')}>{messages.csv}</a>
        <a href={bucketsAddress(channel)}>{messages.json}</a>
      </footer>
    </article>
  );
}

function Bars({
  model,
  channel,
  google,
}: {
  readonly model: ChartModel;
  readonly channel: ChannelView;
  readonly google: boolean;
}) {
  const last = model.bars.at(-1);
  const onlyOpen =
    last !== undefined &&
    !model.bars.some(({ state }) => state === 'complete' || state === 'partial');
  return (
    <figure>
      <Chart model={model} google={google} />
      <Strip model={model} />
      <figcaption>
        <span>{messages.total(model.total, channel.chart.range)}</span>
        <span>{onlyOpen ? messages.firstBar(last.end) : `${channel.chart.interval} a bar`}</span>
      </figcaption>
      <Numbers model={model} channel={channel} />
    </figure>
  );
}

/** One box a bucket: tells a gap from a zero without colour, whoever draws the bars. */
function Strip({ model }: { readonly model: ChartModel }) {
  const counts = Map.groupBy(model.bars, ({ state }) => state);
  const words = [...counts]
    .map(([state, bars]) => `${bars.length} ${messages.stateNames[state]}`)
    .join(', ');
  return (
    <div class="strip" role="img" aria-label={`${messages.stripLabel}: ${words}`}>
      {model.bars.map((bar) => (
        <i key={bar.start} class={bar.state} title={`${bar.span}: ${bar.stateText}`} />
      ))}
    </div>
  );
}

function Numbers({
  model,
  channel,
}: {
  readonly model: ChartModel;
  readonly channel: ChannelView;
}) {
  const [open, setOpen] = useState(false);
  const { columns } = messages;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{messages.table}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section class="scroll" tabIndex={0} aria-label={`${messages.table}: ${channel.title}`}>
          <table>
            <caption>{channel.title}</caption>
            <thead>
              <tr>
                <th scope="col">{columns.time}</th>
                <th scope="col">{columns[channel.processor.measure]}</th>
                <th scope="col">{columns.state}</th>
              </tr>
            </thead>
            <tbody>
              {model.bars.toReversed().map((bar) => (
                <tr key={bar.start} data-start={bar.start}>
                  <th scope="row">{bar.span}</th>
                  <td class="number">
                    {bar.value === null ? messages.nothing : formatNumber(bar.value)}
                  </td>
                  <td>{bar.stateText}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function LinkState({ channel: { link } }: { readonly channel: ChannelView }) {
  const text = {
    up: messages.linkUp,
    connecting: messages.linkConnecting,
    down: messages.linkDown(link.since, link.detail),
  }[link.state];
  return <span class={`link ${link.state}`}>{text}</span>;
}

/** Whether the element is on the screen, or nearly. */
function useInView(element: { readonly current: HTMLElement | null }): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)!.isIntersecting),
      { rootMargin: '200px' },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return inView;
}
