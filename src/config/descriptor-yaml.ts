/** The running channels as YAML, for people to read on the page. Made of descriptors, which hold no secrets. */
import { stringify } from 'yaml';
import type { Descriptor } from '../model/channel.ts';

/** Looks like channels.yaml; options of the feed are left out, because secrets may be among them. */
export function descriptorsAsYaml(descriptors: readonly Descriptor[]): string {
  const channels = Object.fromEntries(
    descriptors.map(({ name, title, description, feed, processor, chart }) => [
      name,
      {
        title,
        ...(description === '' ? {} : { description }),
        feed: { kind: feed.kind },
        processor: { kind: processor.kind, ...(processor.keyed ? { top: processor.top } : {}) },
        chart: { interval: chart.interval, range: chart.range },
      },
    ]),
  );
  return stringify({ channels });
}
