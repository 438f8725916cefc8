/** The whole page: header, notices, cards. */
import { useEffect } from 'preact/hooks';
import { Card } from './card.tsx';
import { messages } from './messages.ts';
import { googleBlocked, list, pollChannels, silentSince } from './store.ts';

const EXAMPLE = `channels:
  trades:
    title: Bitcoin trades
    feed:
      kind: websocket
      url: wss://ws-feed.exchange.coinbase.com
      subscribe: { type: subscribe, product_ids: [BTC-USD], channels: [matches] }
      only: { type: match }`;

export function App() {
  useEffect(pollChannels, []);
  return (
    <>
      <Header />
      <main>
        <Channels />
      </main>
      {googleBlocked.value && <p class="notice">{messages.googleBlocked}</p>}
    </>
  );
}

function Header() {
  const answer = list.value;
  return (
    <header class="top">
      <h1>Weir</h1>
      {answer && <span class="soft">{answer.meta.version}</span>}
      {answer && <span class="soft">{messages.channelCount(answer.data.length)}</span>}
      <span class="state" role="status">
        <Connection />
      </span>
      <a href="docs/">{messages.api}</a>
    </header>
  );
}

function Connection() {
  if (silentSince.value !== null)
    return <span class="link down">{messages.unreachable(silentSince.value)}</span>;
  if (!list.value) return <span class="link connecting">{messages.connecting}</span>;
  return <span class="link up">{messages.live}</span>;
}

function Channels() {
  const answer = list.value;
  if (!answer) return <p class="hint">{messages.booting}</p>;
  if (answer.data.length === 0) {
    return (
      <div class="hint">
        <p>{messages.noChannels}</p>
        <pre>{EXAMPLE}</pre>
      </div>
    );
  }
  const google = answer.meta.charts === 'google';
  return (
    <div class="grid">
      {answer.data.map((channel) => (
        <Card key={channel.name} channel={channel} google={google} />
      ))}
    </div>
  );
}
