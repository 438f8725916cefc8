/** Product, version, whether Weir answers and how old the data is, and the way to its API. */
import { useClock } from './freshness.tsx';
import { liveState } from './live.ts';
import { messages } from './messages.ts';
import { down, heardAt, list, silentSince } from './store.ts';
import { setView, view } from './view.ts';

export function Header() {
  const answer = list.value;
  const { channel } = view.value;
  return (
    <header class="top">
      <h1>
        <Logo />
        {messages.product}
      </h1>
      {answer && <span class="soft version">{answer.meta.version}</span>}
      {answer && <span class="soft count">{messages.channelCount(answer.data.length)}</span>}
      {channel !== null && (
        <button
          type="button"
          class="back"
          onClick={() => setView({ channel: null, hidden: [], top: null })}
        >
          ← {messages.allChannels}
        </button>
      )}
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
  if (view.value.paused) return <span class="link connecting">{messages.paused}</span>;
  if (liveState.value === 'reconnecting') return <Reconnecting />;
  if (down.value.length > 0) {
    const text = messages.feedsDown(down.value.length, list.value.data.length);
    return <span class="link down">{text}</span>;
  }
  const text = liveState.value === 'unavailable' ? messages.polling : messages.live;
  return <span class="link up">{text}</span>;
}

function Reconnecting() {
  const ageMs = Math.max(0, useClock() - heardAt.value);
  return <span class="link connecting">{messages.reconnecting(Math.floor(ageMs / 1_000))}</span>;
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M1 12h4v7H1zM8 7h4v12H8zM15 10h4v9h-4z" />
      <path class="wave" d="M0 4.5c2.5-2.6 4.2-2.6 6.7 0s4.2 2.6 6.7 0 4.2-2.6 6.6 0" />
    </svg>
  );
}
