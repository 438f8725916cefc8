/** The numbers of one card as a table: what a screen reader has instead of bars. Made only when opened. */
import { useState } from 'preact/hooks';
import type { ChannelView } from './api.ts';
import type { Bar, ChartModel } from './chart-model.ts';
import { formatNumber } from './format.ts';
import { messages } from './messages.ts';

interface Props {
  readonly model: ChartModel | null;
  readonly channel: ChannelView;
}

export function Numbers({ model, channel }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{messages.table}</summary>
      {open && model && <NumberTable model={model} channel={channel} />}
    </details>
  );
}

function NumberTable({ model, channel }: { readonly model: ChartModel } & Props) {
  const { columns, table } = messages;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={`${table}: ${channel.title}`}>
      <table>
        <caption>{channel.title}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.time}</th>
            <th scope="col" class="number">
              {columns[channel.processor.measure]}
            </th>
            {model.compare && (
              <th scope="col" class="number">
                {columns.before}
              </th>
            )}
            <th scope="col">{columns.state}</th>
          </tr>
        </thead>
        <tbody>
          {model.bars.toReversed().map((bar) => (
            <tr key={bar.start} data-start={bar.start} class={bar.state}>
              <th scope="row">{bar.span}</th>
              <td class="number">{bar.shown}</td>
              {model.compare && <td class="number">{beforeText(bar)}</td>}
              <td>{bar.stateText}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function beforeText({ previous }: Bar): string {
  return previous?.value == null ? messages.nothing : formatNumber(previous.value);
}
