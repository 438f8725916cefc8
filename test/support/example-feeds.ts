// The public feeds of examples/, as their documentation describes them: what a client sends, what comes back.
// Composed for these tests; no frame was recorded.

export interface ExampleFeed {
  /** File under examples/, and the channel in it. */
  readonly file: string;
  readonly channel: string;
  /** Path and query that the feed documents. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the feed documents as its subscribe messages. */
  readonly sent: readonly unknown[];
  /** Frames that are no messages: answers, heartbeats, status. A text is sent as it is. */
  readonly others: readonly unknown[];
  /** Frames of data, and how many messages each holds. */
  readonly data: readonly (readonly [messageCount: number, frame: unknown])[];
}

/** The environment that the examples need. */
export const ENVIRONMENT = {
  FINNHUB_TOKEN: 'finnhub-token',
  AISSTREAM_KEY: 'aisstream-key',
  MASTODON_TOKEN: 'mastodon-token',
  COBRA_SECRET: 'secret-key',
};

const MATCH = { trade_id: 7, sequence: 9, product_id: 'BTC-USD', size: '0.1', price: '64000.01' };
const POST = { rev: 'r', collection: 'app.bsky.feed.post', rkey: 'k', record: { text: 'hello' } };
const NOTE = { id: 'ab', pubkey: 'cd', kind: 1, content: 'hello', tags: [], sig: 'ef' };
const MEMPOOL = { mempoolInfo: { size: 5 }, 'mempool-blocks': [{ nTx: 1 }] };

export const exampleFeeds: readonly ExampleFeed[] = [
  {
    file: 'coinbase-matches.yaml',
    channel: 'coinbase-matches',
    path: '/',
    sent: [
      {
        type: 'subscribe',
        product_ids: ['BTC-USD', 'ETH-USD'],
        channels: ['matches', 'heartbeat'],
      },
    ],
    others: [
      { type: 'subscriptions', channels: [{ name: 'matches', product_ids: ['BTC-USD'] }] },
      { type: 'heartbeat', last_trade_id: 7, sequence: 9, product_id: 'BTC-USD' },
    ],
    data: [
      [1, { type: 'last_match', ...MATCH }],
      [0, { type: 'match', ...MATCH }],
      [1, { type: 'match', ...MATCH, product_id: 'ETH-USD' }],
    ],
  },
  {
    file: 'binance-trades.yaml',
    channel: 'binance-trades',
    path: '/ws',
    sent: [{ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'ethusdt@trade'], id: 1 }],
    others: [{ result: null, id: 1 }],
    data: [
      [1, { e: 'trade', E: 1, s: 'BTCUSDT', t: 5, p: '64000', q: '0.1', T: 1, m: true }],
      [1, { e: 'trade', E: 2, s: 'ETHUSDT', t: 6, p: '3000', q: '2', T: 2, m: false }],
    ],
  },
  {
    file: 'kraken-trades.yaml',
    channel: 'kraken-trades',
    path: '/v2',
    sent: [
      {
        method: 'subscribe',
        params: { channel: 'trade', symbol: ['BTC/USD', 'ETH/USD'], snapshot: false },
      },
    ],
    others: [
      { channel: 'status', type: 'update', data: [{ system: 'online' }] },
      { method: 'subscribe', success: true, result: { channel: 'trade', symbol: 'BTC/USD' } },
      { channel: 'heartbeat' },
      { channel: 'trade', type: 'snapshot', data: [{ symbol: 'BTC/USD', trade_id: 1 }] },
    ],
    data: [
      [
        2,
        {
          channel: 'trade',
          type: 'update',
          data: [
            { symbol: 'BTC/USD', trade_id: 2 },
            { symbol: 'ETH/USD', trade_id: 9 },
          ],
        },
      ],
      [1, { channel: 'trade', type: 'update', data: [{ symbol: 'BTC/USD', trade_id: 3 }] }],
    ],
  },
  {
    file: 'bluesky-jetstream.yaml',
    channel: 'bluesky-posts',
    path: '/subscribe?wantedCollections=app.bsky.feed.post',
    sent: [],
    others: [
      { did: 'did:plc:a', time_us: 1, kind: 'identity', identity: { handle: 'a.example' } },
      { did: 'did:plc:a', time_us: 2, kind: 'account', account: { active: true } },
      { did: 'did:plc:a', time_us: 3, kind: 'commit', commit: { ...POST, operation: 'delete' } },
    ],
    data: [
      [
        1,
        { did: 'did:plc:a', time_us: 4, kind: 'commit', commit: { ...POST, operation: 'create' } },
      ],
    ],
  },
  {
    file: 'ris-live.yaml',
    channel: 'bgp',
    path: '/v1/ws/?client=weir',
    sent: [{ type: 'ris_subscribe', data: { host: 'rrc21' } }],
    others: [
      { type: 'ris_subscribe_ok', data: { subscription: { host: 'rrc21' } } },
      { type: 'pong', data: null },
      { type: 'ris_error', data: { message: 'too much' } },
    ],
    data: [
      [1, { type: 'ris_message', data: { id: 'a', host: 'rrc21', type: 'UPDATE' } }],
      [1, { type: 'ris_message', data: { id: 'b', host: 'rrc21', type: 'KEEPALIVE' } }],
    ],
  },
  {
    file: 'hyperliquid-trades.yaml',
    channel: 'hyperliquid-trades',
    path: '/ws',
    sent: [{ method: 'subscribe', subscription: { type: 'trades', coin: 'BTC' } }],
    others: [
      { channel: 'subscriptionResponse', data: { method: 'subscribe' } },
      { channel: 'pong' },
    ],
    data: [
      [
        3,
        {
          channel: 'trades',
          data: [
            { coin: 'BTC', side: 'A' },
            { coin: 'BTC', side: 'B' },
            { coin: 'BTC', side: 'A' },
          ],
        },
      ],
    ],
  },
  {
    file: 'mempool-space.yaml',
    channel: 'bitcoin-blocks',
    path: '/api/v1/ws',
    sent: [{ action: 'want', data: ['blocks'] }],
    others: [{ blocks: [{ height: 1 }, { height: 2 }] }, { conversions: { USD: 1 } }, MEMPOOL],
    data: [[1, { block: { height: 3 }, da: {} }]],
  },
  {
    file: 'mempool-space.yaml',
    channel: 'mempool-updates',
    path: '/api/v1/ws',
    sent: [{ action: 'want', data: ['mempool-blocks', 'stats'] }],
    others: [{ loadingIndicators: {} }, { block: { height: 3 } }],
    data: [
      [1, MEMPOOL],
      [1, { mempoolInfo: { size: 6 }, vBytesPerSecond: 900 }],
    ],
  },
  {
    file: 'finnhub-trades.yaml',
    channel: 'finnhub-trades',
    path: '/?token=finnhub-token',
    sent: [
      { type: 'subscribe', symbol: 'AAPL' },
      { type: 'subscribe', symbol: 'BINANCE:BTCUSDT' },
    ],
    others: [{ type: 'ping' }],
    data: [
      [
        2,
        {
          type: 'trade',
          data: [
            { s: 'AAPL', p: 1, t: 1, v: 1, c: [] },
            { s: 'AAPL', p: 2, t: 2, v: 1, c: null },
          ],
        },
      ],
    ],
  },
  {
    file: 'aisstream-ships.yaml',
    channel: 'ships',
    path: '/v0/stream',
    sent: [
      {
        APIKey: 'aisstream-key',
        BoundingBoxes: [
          [
            [-90, -180],
            [90, 180],
          ],
        ],
        FilterMessageTypes: ['PositionReport'],
      },
    ],
    others: [{ error: 'Api Key Is Not Valid' }],
    data: [
      [
        1,
        { MessageType: 'PositionReport', MetaData: { MMSI: 1 }, Message: { PositionReport: {} } },
      ],
    ],
  },
  {
    file: 'mastodon-public.yaml',
    channel: 'mastodon-posts',
    path: '/api/v1/streaming',
    headers: { authorization: 'Bearer mastodon-token' },
    sent: [{ type: 'subscribe', stream: 'public' }],
    others: [
      { stream: ['public'], event: 'delete', payload: '106692867363994015' },
      { stream: ['public'], event: 'status.update', payload: '{"id":"1"}' },
    ],
    data: [[1, { stream: ['public'], event: 'update', payload: '{"id":"1","content":"x"}' }]],
  },
  {
    file: 'nostr-notes.yaml',
    channel: 'nostr-notes',
    path: '/',
    sent: [['REQ', 's1', { kinds: [1], limit: 0 }]],
    others: [
      ['EOSE', 's1'],
      ['NOTICE', 'slow down'],
      ['CLOSED', 's1', 'error: shutting down'],
    ],
    data: [[1, ['EVENT', 's1', NOTE]]],
  },
];
