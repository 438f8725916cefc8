/** The keys of a split channel: a click takes one out of the bars, or puts it back. */
import type { ChannelView } from './api.ts';
import type { ChartModel } from './chart-model.ts';
import { formatPercent } from './format.ts';
import { shownName } from './key-name.ts';
import { messages } from './messages.ts';
import { setView, view } from './view.ts';

interface Props {
  readonly channel: ChannelView;
  readonly model: ChartModel | null;
  readonly alone: boolean;
}

export function Legend({ channel, model, alone }: Props) {
  if (!channel.processor.keyed) return null;
  if (view.value.log) return <p class="legend soft">{messages.noLogOfStacks}</p>;
  if (!model || model.keys.length === 0) return <div class="legend" />;
  const total = model.keys.reduce((sum, key) => sum + key.total, 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend that is seen
    <div class="legend" role="group" aria-label={messages.legend(channel.title)}>
      {model.keys.map(({ key, look, pattern, total: part, hidden }) => (
        <button
          type="button"
          key={key}
          class={`key look-${look} ${pattern}`}
          aria-pressed={!hidden}
          title={shownName(key)}
          onClick={() => toggle(key)}
        >
          <bdi>{shownName(key)}</bdi>
          {total > 0 && ` ${formatPercent(part / total)}`}
        </button>
      ))}
      {alone && <Top most={channel.processor.top} />}
    </div>
  );
}

function toggle(key: string): void {
  const { hidden } = view.value;
  const without = hidden.filter((one) => one !== key);
  setView({ hidden: without.length < hidden.length ? without : [...hidden, key] });
}

function Top({ most }: { readonly most: number }) {
  const { top } = view.value;
  const choices = [1, 3, 5, 10, 20, 50].filter((count) => count < most);
  return (
    <label class="top-keys">
      {messages.topKeys}
      <select
        value={top ?? ''}
        onChange={({ currentTarget }) => setView({ top: Number(currentTarget.value) || null })}
      >
        {choices.map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
        <option value="">{messages.allKeys}</option>
      </select>
    </label>
  );
}
