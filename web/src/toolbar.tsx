/** The controls of the whole page. Each writes the view, and so the address. */
import { useState } from 'preact/hooks';
import { timeNow } from './clock.ts';
import { openDialog } from './dialogs.tsx';
import { formatLength, formatMoment } from './format.ts';
import { messages } from './messages.ts';
import { absoluteLink, copy } from './share.ts';
import { list, shown } from './store.ts';
import { linkTo, setView, view, zoneName } from './view.ts';
import { SORTS, type Sort } from './view-state.ts';
import { INTERVALS, RANGES, stepped } from './window.ts';
import { browserZone } from './zone.ts';

const { controls } = messages;

export function Toolbar() {
  const [open, setOpen] = useState(false);
  const alone = view.value.channel !== null;
  return (
    <section class={`toolbar ${open ? 'is-open' : ''}`} aria-label={controls.more}>
      {!alone && <Filter />}
      <button
        type="button"
        class="unfold"
        aria-expanded={open}
        aria-controls="controls"
        onClick={() => setOpen(!open)}
      >
        {controls.more}
      </button>
      <div id="controls" class="controls">
        <Range />
        <Interval />
        <Zone />
        {!alone && <Order />}
        <Switches />
        <button
          type="button"
          title={messages.shiftCopies}
          onClick={({ shiftKey }) => copy(shiftKey ? absoluteLink(null, null) : linkTo({}))}
        >
          {messages.copyLink}
        </button>
        <button type="button" onClick={() => openDialog('configuration')}>
          {controls.configuration}
        </button>
        <button
          type="button"
          onClick={() => openDialog('keys')}
          aria-label={controls.help}
          title={controls.help}
        >
          ?
        </button>
      </div>
    </section>
  );
}

function Filter() {
  return (
    <input
      id="filter"
      type="search"
      placeholder={`${controls.filter} ( / )`}
      aria-label={controls.filter}
      value={view.value.filter}
      onInput={({ currentTarget }) => setView({ filter: currentTarget.value })}
    />
  );
}

function Range() {
  const { range, span } = view.value;
  const custom = span !== null;
  const choices = range === null || RANGES.includes(range) ? RANGES : [...RANGES, range];
  const choose = (value: string) => {
    if (value === CUSTOM) openDialog('range');
    else setView({ span: null, range: value || null });
  };
  return (
    <span class="group">
      <button
        type="button"
        aria-label={controls.back}
        title={`${controls.back} ( [ )`}
        onClick={() => step(-1)}
      >
        ‹
      </button>
      <select
        aria-label={controls.range}
        value={custom ? SPAN : (range ?? '')}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {span && (
          <option value={SPAN}>
            {formatMoment(span.from, timeNow())} – {formatMoment(span.to, timeNow())}
          </option>
        )}
        <option value="">
          {controls.range}: {controls.own}
        </option>
        {choices.map((text) => (
          <option key={text} value={text}>
            {messages.rangeName(text)}
          </option>
        ))}
        <option value={CUSTOM}>{controls.custom}</option>
      </select>
      <button
        type="button"
        aria-label={controls.forward}
        title={`${controls.forward} ( ] )`}
        disabled={!custom}
        onClick={() => step(1)}
      >
        ›
      </button>
      <button
        type="button"
        title="( n )"
        disabled={!custom}
        onClick={() => setView({ span: null })}
      >
        {controls.live}
      </button>
    </span>
  );
}

const CUSTOM = 'custom';
const SPAN = 'span';

/** A step of one length of the range, earlier or later. */
export function step(way: -1 | 1): void {
  const chart = (shown.value[0] ?? list.value?.data[0])?.chart;
  if (chart) setView(stepped(view.value, chart, timeNow(), way));
}

function Interval() {
  const { interval } = view.value;
  return (
    <label>
      <span>{controls.interval}</span>
      <select
        id="interval"
        value={interval ?? ''}
        onChange={({ currentTarget }) => setView({ interval: currentTarget.value || null })}
      >
        <option value="">{controls.auto}</option>
        {[...new Set(interval ? [interval, ...INTERVALS] : INTERVALS)].map((text) => (
          <option key={text} value={text}>
            {formatLength(text)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Zone() {
  const { zone } = view.value;
  const choices = ['UTC', ...(zone !== null && zone !== 'UTC' ? [zone] : [])];
  const choose = (value: string) => {
    if (value === CUSTOM) openDialog('zone');
    else setView({ zone: value || null });
  };
  return (
    <label>
      <span>{controls.zone}</span>
      <select
        id="zone"
        value={zone ?? ''}
        title={zoneName.value}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">{controls.browser(browserZone())}</option>
        {choices.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={CUSTOM}>{controls.otherZone}</option>
      </select>
    </label>
  );
}

function Order() {
  return (
    <label>
      <span>{controls.sort}</span>
      <select
        value={view.value.sort}
        onChange={({ currentTarget }) => setView({ sort: currentTarget.value as Sort })}
      >
        {SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {messages.sorts[sort]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Switches() {
  const { compare, sameY, log, paused, kiosk } = view.value;
  return (
    <span class="group">
      <Switch on={compare} text={controls.compare} turn={() => setView({ compare: !compare })} />
      <Switch on={sameY} text={controls.sameY} turn={() => setView({ sameY: !sameY })} />
      <Switch on={log} text={controls.log} turn={() => setView({ log: !log })} />
      <Switch on={paused} text={controls.pause} turn={() => setView({ paused: !paused })} />
      <Switch on={kiosk} text={controls.kiosk} turn={() => setView({ kiosk: !kiosk })} />
    </span>
  );
}

function Switch({
  on,
  text,
  turn,
}: {
  readonly on: boolean;
  readonly text: string;
  readonly turn: () => void;
}) {
  return (
    <button type="button" aria-pressed={on} onClick={turn}>
      {text}
    </button>
  );
}
