/** How old a card's bars are, while no newer ones come. Silent while all is well. */
import { useEffect, useState } from 'preact/hooks';
import { messages } from './messages.ts';
import type { CardData } from './series.ts';

interface Props {
  readonly data: CardData;
  /** Whether the header says already that Weir does not answer. */
  readonly silent: boolean;
}

export function Freshness({ data: { buckets, receivedAt, failure }, silent }: Props) {
  if (failure === null && !silent) return null;
  return (
    <span class="freshness">
      {failure && !silent && <span>{messages.refused(failure)}</span>}
      {buckets && <Age since={receivedAt} />}
    </span>
  );
}

function Age({ since }: { readonly since: number }) {
  const now = useClock();
  return <span>{messages.dataAge((now - since) / 1_000)}</span>;
}

/** The time, each second. */
export function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
