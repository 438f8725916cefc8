/** Links that stay true, and the clipboard. */
import type { ChartModel } from './chart-model.ts';
import { timeNow } from './clock.ts';
import { messages } from './messages.ts';
import { tellReader } from './say.tsx';
import { list, shown } from './store.ts';
import { linkTo, view, zoneName } from './view.ts';
import { rangeMs } from './window.ts';

/** The same bars for whoever opens it, whenever: times and zone are in it. Without a model, the range up to now. */
export function absoluteLink(channel: string | null, model: ChartModel | null): string {
  const drawn = model && model.bars.length > 0 ? { from: model.from, to: model.to } : null;
  const span = drawn ?? view.value.span ?? lastRange();
  return linkTo({ ...(channel ? { channel } : {}), span, range: null, zone: zoneName.value });
}

function lastRange() {
  const chart = (shown.value[0] ?? list.value?.data[0])?.chart;
  const to = timeNow();
  return chart ? { from: to - rangeMs(view.value, chart), to } : null;
}

/** To the clipboard; where the browser does not let us, into a box to copy from. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tellReader(messages.copied);
  } catch {
    // What follows: plain HTTP has no clipboard, so the reader copies by hand.
    prompt(messages.copyThis, text);
  }
}
