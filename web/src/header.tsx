/** Product, version, whether Weir answers, and the way to its API. */
import { useEffect } from 'preact/hooks';
import { messages } from './messages.ts';
import { list, silentSince } from './store.ts';

export function Header() {
  const answer = list.value;
  const silent = silentSince.value !== null;
  useEffect(() => {
    document.title = silent ? messages.unreachableTitle : 'Weir';
  }, [silent]);
  return (
    <header class="top">
      <h1>
        <Logo />
        Weir
      </h1>
      {answer && <span class="soft version">{answer.meta.version}</span>}
      {answer && <span class="soft count">{messages.channelCount(answer.data.length)}</span>}
      <span class="state" role="status">
        <Connection />
      </span>
      <a href="docs/">{messages.api}</a>
    </header>
  );
}

function Connection() {
  if (silentSince.value !== null) {
    return <span class="link down">{messages.unreachable(silentSince.value)}</span>;
  }
  if (!list.value) return <span class="link connecting">{messages.connecting}</span>;
  return <span class="link up">{messages.live}</span>;
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M1 12h4v7H1zM8 7h4v12H8zM15 10h4v9h-4z" />
      <path
        class="wave"
        d="M0 4.5c2.500-2.600 4.200-2.600 6.700 0s4.200 2.600 6.700 0 4.200-2.600 6.600 0"
      />
    </svg>
  );
}
