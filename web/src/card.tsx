/** One channel: title, rate, bars, how it is connected, and the numbers. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { bucketsAddress, type ChannelView } from './api.ts';
import { type ChartModel, chartModel, firstBarAt, totalsOf } from './chart-model.ts';
import { Freshness } from './freshness.tsx';
import { messages, summaryText } from './messages.ts';
import { Numbers } from './numbers.tsx';
import { Plot } from './plot.tsx';
import { type CardData, NO_DATA, pollBars, silentSince } from './store.ts';
import { useInView } from './use-in-view.ts';

interface Props {
  readonly channel: ChannelView;
  readonly google: boolean;
}

export function Card({ channel, google }: Props) {
  const { name, title, description, link } = channel;
  const element = useRef<HTMLElement>(null);
  const { data, model } = useBars(channel, element);
  const stale = silentSince.value !== null;
  const heading = `title-${name}`;
  return (
    <article
      class={`card is-${link.state} ${stale ? 'is-stale' : ''}`}
      ref={element}
      data-channel={name}
      aria-labelledby={heading}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <Rate rate={channel.rate} />
      </header>
      <p class="about">{description}</p>
      <figure>
        <Plot model={model} google={google} />
        <figcaption>
          <Summary model={model} channel={channel} />
        </figcaption>
      </figure>
      <Numbers model={model} channel={channel} />
      <footer>
        <LinkState link={link} stale={stale} />
        <Freshness data={data} silent={stale} />
        <Downloads channel={channel} />
      </footer>
    </article>
  );
}

/** The channel's bars, kept up to date while the card is in view. */
function useBars(channel: ChannelView, element: { readonly current: HTMLElement | null }) {
  const { name, chart, processor } = channel;
  const inView = useInView(element);
  const data = useSignal<CardData>(NO_DATA);
  useEffect(
    () => (inView ? pollBars(channel, data) : undefined),
    [inView, name, chart.interval, chart.range],
  );
  const buckets = data.value.page?.data;
  const model = useMemo(
    () => (buckets ? chartModel(buckets, processor.measure) : null),
    [buckets, processor.measure],
  );
  return { data: data.value, model };
}

function Rate({ rate }: { readonly rate: number | null }) {
  if (rate === null) return null;
  return (
    <span class="rate">
      {messages.rate(rate)}
      <small>{messages.perSecond}</small>
    </span>
  );
}

function Summary({
  model,
  channel: { chart, link },
}: {
  readonly model: ChartModel | null;
  readonly channel: ChannelView;
}) {
  if (!model) return <span>{messages.loading}</span>;
  const first = link.state === 'up' ? firstBarAt(model.bars) : null;
  return (
    <>
      <span class="summary">{summaryText(totalsOf(model.bars), chart.range)}</span>
      <span class="each">
        {first === null ? messages.eachBar(chart.interval) : messages.firstBar(first)}
      </span>
    </>
  );
}

/** `stale`: Weir is silent, so nobody knows how the link is now. */
function LinkState({ link, stale }: Pick<ChannelView, 'link'> & { readonly stale: boolean }) {
  const text = {
    up: messages.linkUp,
    connecting: messages.linkConnecting,
    down: messages.linkDown(link.since, link.detail),
  }[link.state];
  if (stale) return <span class="link connecting">{messages.lastKnown(text)}</span>;
  return <span class={`link ${link.state}`}>{text}</span>;
}

function Downloads({ channel }: { readonly channel: ChannelView }) {
  const { csv, json, download } = messages;
  return (
    <span class="downloads">
      <a href={bucketsAddress(channel, 'csv')} aria-label={download(csv, channel.title)}>
        {csv}
      </a>
      <a href={bucketsAddress(channel)} aria-label={download(json, channel.title)}>
        {json}
      </a>
    </span>
  );
}
