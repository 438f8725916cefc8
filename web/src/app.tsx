/** The whole page: header, cards, and what has to be said about all of them. */
import { useEffect } from 'preact/hooks';
import { Card } from './card.tsx';
import { Header } from './header.tsx';
import { EXAMPLE, messages } from './messages.ts';
import { googleBlocked, list, pollChannels } from './store.ts';

export function App() {
  useEffect(pollChannels, []);
  return (
    <>
      <Header />
      <main>
        <Channels />
      </main>
      {googleBlocked.value && (
        <p class="notice" role="status">
          {messages.googleBlocked}
        </p>
      )}
    </>
  );
}

function Channels() {
  const answer = list.value;
  if (!answer) return <p class="hint">{messages.booting}</p>;
  if (answer.data.length === 0) return <NoChannels />;
  const google = answer.meta.charts === 'google';
  return (
    <div class="grid">
      {answer.data.map((channel) => (
        <Card key={channel.name} channel={channel} google={google} />
      ))}
    </div>
  );
}

function NoChannels() {
  return (
    <section class="hint empty">
      <h2>{messages.noChannels}</h2>
      <p>{messages.howToAdd}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{EXAMPLE}</pre>
    </section>
  );
}
