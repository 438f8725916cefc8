/** What the numbers of a plain channel mean, for stores and rings that a bench fills by itself. */
import type { Definition } from '../src/model/series.ts';

export const COUNT: Definition = { value: 'count', split: '' };

/** What a seal of such a channel says beside its numbers. */
export const MEANING = { definition: COUNT, stream: '00000000', positions: [], keysSince: 0 };
