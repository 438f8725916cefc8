/** `rtm/subscribe` and `rtm/unsubscribe` (satori-rtm.md, 2.2 and 2.4). */
import { z } from 'zod';
import { channelField, readBody } from './body.ts';
import type { Channel } from './channel.ts';
import { FAULTS, type Fault, invalidFormat } from './fault.ts';
import { type Answer, ok, refuse } from './pdu.ts';
import { parsePosition } from './position.ts';
import type { Session } from './session.ts';
import { Subscription } from './subscription.ts';

/** How many subscriptions one connection may hold. */
export const SUBSCRIPTIONS_MAX = 1_000;

const subscribeBody = z.object({
  channel: channelField.optional(),
  subscription_id: channelField.optional(),
  filter: z.unknown().optional(),
  view: z.unknown().optional(),
  prefix: z.literal(false, 'prefix subscriptions are not supported').optional(),
  position: z.string().optional(),
  force: z.boolean().default(false),
  fast_forward: z.boolean().default(false),
  only: z.literal('value_changes').optional(),
  history: z
    .object({ count: z.int().min(0).optional(), age: z.number().min(0).optional() })
    .refine(
      ({ count, age }) => count === undefined || age === undefined,
      'is count or age, not both',
    )
    .default({}),
});
type SubscribeBody = z.output<typeof subscribeBody>;

const unsubscribeBody = z.object({ subscription_id: channelField });

/**
 * The reply's position is where the subscription stands. When that has expired and `fast_forward`
 * is set, an info PDU with the exact loss is the first thing that follows, so that even a client
 * which stops between the two learns of it.
 */
export function subscribe(body: unknown, session: Session): Answer {
  const parsed = readBody(subscribeBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const wanted = parsed.value;
  const id = wanted.subscription_id ?? wanted.channel ?? '';
  const fault = check(wanted, id, session);
  if (fault !== null) return refuse(fault, id);
  const channel = session.world.channels.open(id);
  if (channel === null) return refuse(FAULTS.tooManyChannels, id);
  const start = findStart(wanted, channel, session.world.clock());
  if ('error' in start) return refuse(start, id);

  const known = session.subscriptions.get(id);
  if (known !== undefined) session.drop(known);
  const { fast_forward: fastForward, only } = wanted;
  const subscription = new Subscription(
    { id, channel, from: start.from, fastForward, valueChanges: only !== undefined },
    {
      counters: session.world.counters,
      wake: (woken) => session.outbox.wake(woken),
      ended: (ended) => session.drop(ended),
    },
  );
  session.subscriptions.set(id, subscription);
  session.outbox.wakeSoon(subscription);
  return ok({ position: start.position, subscription_id: id });
}

/** The reply's position is the one after the last message sent. */
export function unsubscribe(body: unknown, session: Session): Answer {
  const parsed = readBody(unsubscribeBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const id = parsed.value.subscription_id;
  const subscription = session.subscriptions.get(id);
  if (subscription === undefined) return refuse(FAULTS.notSubscribed, id);
  session.drop(subscription);
  return ok({ position: subscription.position, subscription_id: id });
}

function check(wanted: SubscribeBody, id: string, session: Session): Fault | null {
  if (wanted.filter !== undefined || wanted.view !== undefined) return FAULTS.noViews;
  if (wanted.channel === undefined) return invalidFormat("'channel' is missing");
  if (wanted.channel !== id) {
    return invalidFormat("'subscription_id' differs from 'channel', which only views may");
  }
  if (id.startsWith('$')) return FAULTS.reservedChannel;
  if (session.subscriptions.has(id)) return wanted.force ? null : FAULTS.alreadySubscribed;
  if (session.subscriptions.size < SUBSCRIPTIONS_MAX) return null;
  session.world.counters.refusedSubscriptions += 1;
  return FAULTS.tooManySubscriptions;
}

interface Start {
  /** The first index to deliver; null when the position is not of this log. */
  readonly from: number | null;
  readonly position: string;
}

/**
 * `position` says where to start, `history` how far before that. Only a stated position can expire.
 */
function findStart(wanted: SubscribeBody, channel: Channel, now: number): Start | Fault {
  const { log } = channel;
  let from: number | null = log.nextIndex;
  if (wanted.position !== undefined) {
    const position = parsePosition(wanted.position);
    if (position === null) return invalidFormat("'position' was invalid");
    from = channel.indexOf(position);
    if (from === null || from < log.firstIndex) {
      return wanted.fast_forward ? { from, position: wanted.position } : FAULTS.expired;
    }
  }
  const { count, age } = wanted.history;
  const since = from < log.nextIndex ? log.entry(from).at : now;
  if (count !== undefined) from = Math.max(log.firstIndex, from - count);
  if (age !== undefined) from = Math.min(from, log.indexSince(since - age * 1_000));
  return { from, position: channel.position(from) };
}
