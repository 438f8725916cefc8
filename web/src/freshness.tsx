/** How old a card's bars are, while no newer ones come. Silent while all is well. */
import { useEffect, useState } from 'preact/hooks';
import { messages } from './messages.ts';
import type { CardData } from './store.ts';

interface Props {
  readonly data: CardData;
  /** Whether the header says already that Weir does not answer. */
  readonly silent: boolean;
}

export function Freshness({ data: { page, receivedAt, failure }, silent }: Props) {
  if (failure === null) return null;
  return (
    <span class="freshness">
      {failure !== '' && !silent && <span>{messages.refused(failure)}</span>}
      {page && <Age since={receivedAt} />}
    </span>
  );
}

function Age({ since }: { readonly since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <span>{messages.dataAge((now - since) / 1_000)}</span>;
}
