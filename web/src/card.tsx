/** One channel: title, total, rate, change, bars, how it is connected, and the numbers. */
import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ChannelView, Measure } from './api.ts';
import { type ChartModel, changeOf, chartModel, firstBarAt, totalsOf } from './chart-model.ts';
import { useEvents } from './events.tsx';
import { formatChange, formatCompact, formatNumber } from './format.ts';
import { Freshness } from './freshness.tsx';
import { Legend } from './legend.tsx';
import { CardMenu } from './menu.tsx';
import { messages, summaryText } from './messages.ts';
import { Numbers } from './numbers.tsx';
import { Plot } from './plot.tsx';
import { type CardData, sameBars, useSeries } from './series.ts';
import { channelNow, highest, shown, silentSince, totals } from './store.ts';
import { useInView } from './use-in-view.ts';
import { embedded, linkTo, setView, view, zoneName } from './view.ts';

interface Props {
  readonly channel: ChannelView;
  readonly google: boolean;
  /** Whether it is the only one on the page. */
  readonly alone?: boolean;
}

export function Card({ channel, google, alone = false }: Props) {
  const { name, title, description } = channel;
  const element = useRef<HTMLElement>(null);
  const { data, model } = useBars(channel, element);
  const { marks, lane } = useEvents(channel, model, alone);
  const state = useComputed(() => channelNow(channel).value.link.state).value;
  const stale = silentSince.value !== null;
  const heading = `title-${name}`;
  return (
    <article
      class={`card is-${state} ${stale ? 'is-stale' : ''} ${alone ? 'is-alone' : ''}`}
      ref={element}
      data-channel={name}
      aria-labelledby={heading}
    >
      <header>
        <h2 id={heading}>
          <Title channel={channel} alone={alone} />
        </h2>
        <Total model={model} measure={channel.processor.measure} />
        <Rate channel={channel} />
        {!embedded && <CardMenu channel={channel} model={model} />}
      </header>
      <p class="about" title={description}>
        {description}
      </p>
      <figure>
        <Plot model={model} google={google} title={title} marks={marks} />
        <figcaption>
          <Summary model={model} channel={channel} data={data} />
        </figcaption>
      </figure>
      <EmptyRange model={model} />
      <Legend channel={channel} model={model} alone={alone} />
      {lane}
      <Numbers model={model} channel={channel} />
      <footer>
        <LinkState channel={channel} stale={stale} />
        <Freshness data={data} silent={stale} />
      </footer>
    </article>
  );
}

/** The channel's bars, kept up to date while the card is in view, or while the whole page needs its numbers. */
function useBars(channel: ChannelView, element: { readonly current: HTMLElement | null }) {
  const { name, processor } = channel;
  const { sameY, sort, log, compare, top, hidden } = view.value;
  const inView = useInView(element);
  const places = useRef(new Map<string, number>());
  const data = useSeries(channel, inView || sameY || sort === 'total');
  const zone = zoneName.value;
  const sharedMax = sameY ? highestShown() : undefined;
  const { buckets, keysOf, wanted } = data;
  // A split of other bars would be a split of other numbers.
  const keys = wanted && sameBars(keysOf, wanted) ? data.keys : null;
  const model = useMemo(
    () =>
      buckets && wanted
        ? chartModel(buckets, processor.measure, {
            barCount: wanted.barCount,
            span: wanted.span,
            scale: log ? 'log' : 'linear',
            compare,
            keys,
            top,
            hidden,
            places: places.current,
            ...(sharedMax === undefined ? {} : { sharedMax }),
          })
        : null,
    [buckets, keys, processor.measure, zone, log, compare, top, hidden, sharedMax],
  );
  useEffect(() => noteHighest(channel, model), [name, model]);
  return { data, model };
}

/** The highest value of the cards that the filter lets through. */
function highestShown(): number {
  return Math.max(0, ...shown.value.map(({ name }) => highest.value.get(name) ?? 0));
}

function noteHighest(
  { name, processor: { measure } }: ChannelView,
  model: ChartModel | null,
): void {
  if (!model) return;
  totals.set(name, totalsOf(model.bars, measure).total ?? 0);
  const most = Math.max(0, ...model.bars.map(({ value }) => value ?? 0));
  if (highest.peek().get(name) === most) return;
  highest.value = new Map(highest.peek()).set(name, most);
}

function Title({ channel: { name, title }, alone }: Pick<Props, 'channel' | 'alone'>) {
  if (alone || embedded) return <>{title}</>;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setView({ channel: name });
    scrollTo(0, 0);
  };
  return (
    <a href={linkTo({ channel: name })} onClick={open}>
      {title}
    </a>
  );
}

/** What was counted in the range, and the change against the period before. */
function Total({
  model,
  measure,
}: {
  readonly model: ChartModel | null;
  readonly measure: Measure;
}) {
  if (!model) return null;
  const { total } = totalsOf(model.bars, measure);
  if (total === null) return <span class="total">{messages.nothing}</span>;
  const change = changeOf(model.bars);
  return (
    <span class="total">
      <span title={formatNumber(total)}>{formatCompact(total)}</span>
      {change && (
        <small
          class={wayOf(change.part)}
          title={messages.changeTitle(formatChange(change.part), change.compared, change.passed)}
        >
          {formatChange(change.part)}
        </small>
      )}
    </span>
  );
}

/** Whether a change is more or less, once it is rounded. */
function wayOf(part: number): string {
  if (Math.abs(part) < EVEN_MAX) return 'even';
  return part < 0 ? 'fall' : 'rise';
}
const EVEN_MAX = 0.005;

function Rate({ channel }: { readonly channel: ChannelView }) {
  const { rate, link } = channelNow(channel).value;
  // The rate is of now: a range that has passed has none, and while the feed is down nobody knows it.
  if (rate === null || view.value.span || link.state === 'down') return null;
  return (
    <span class="rate">
      {messages.rate(rate)}
      <small>{messages.perSecond[channel.processor.measure]}</small>
    </span>
  );
}

function Summary({
  model,
  channel,
  data: { wanted },
}: {
  readonly model: ChartModel | null;
  readonly channel: ChannelView;
  readonly data: CardData;
}) {
  if (!model || !wanted) return <span>{messages.loading}</span>;
  const first = channelNow(channel).peek().link.state === 'up' ? firstBarAt(model.bars) : null;
  const { span, range } = view.value;
  const each =
    wanted.tooFine === null
      ? messages.eachBar(wanted.interval)
      : messages.coarsened(wanted.interval, wanted.tooFine);
  return (
    <>
      <span class="summary">
        {summaryText(
          totalsOf(model.bars, channel.processor.measure),
          span ? null : (range ?? channel.chart.range),
        )}
      </span>
      <span class="each">{first === null || span ? each : messages.firstBar(first)}</span>
    </>
  );
}

/** A range in which nobody looked: why, and the way back. */
function EmptyRange({ model }: { readonly model: ChartModel | null }) {
  const empty = model?.bars.every(({ state }) => state === 'missing');
  if (!empty) return null;
  return (
    <p class="empty-range">
      {messages.rangeEmpty} {messages.rangeBefore}{' '}
      {view.value.span && (
        <button type="button" onClick={() => setView({ span: null })}>
          {messages.backToLive}
        </button>
      )}
    </p>
  );
}

/** `stale`: Weir is silent, so nobody knows how the link is now. */
function LinkState({ channel, stale }: { readonly channel: ChannelView; readonly stale: boolean }) {
  const { state, since, detail, nextTry } = channelNow(channel).value.link;
  const text = {
    up: messages.linkUp,
    connecting: messages.linkConnecting,
    down: messages.linkDown(since, detail),
  }[state];
  if (stale) return <span class="link connecting">{messages.lastKnown(text)}</span>;
  return (
    <span class={`link ${state}`}>
      {text}
      {state === 'down' && `; ${nextTry ? messages.nextTry(nextTry) : messages.retrying}`}
    </span>
  );
}
