/** What no single key can know: checks over several parts of a file that is right key by key. */
import { exposureProblem } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import { type Config, parseListen } from '../model/config.ts';
import { formatDuration, nominalMs, parseDuration, parseInterval } from '../model/interval.ts';
import type { Problem } from '../model/problem.ts';
import { tierFor } from '../model/tier.ts';
import type { Places } from './places.ts';
import { valueAt } from './value-at.ts';

/** More bars than that cannot be told apart on any screen. */
export const BARS_MAX = 2_000;

/** `written` is the data as it is in the file, with its variables: what a problem may show. */
export function crossChecks(config: Config, places: Places, written: unknown): Problem[] {
  return [
    ...checkListen(config, places),
    ...checkChannels(config, places),
    ...checkFormerNames(config, places, written),
    ...config.channels.flatMap(({ name, chart, feed }) => [
      ...checkChart(name, chart, places),
      ...checkRetention(name, chart, config, places),
      ...checkOwnServer(name, feed, config, places),
    ]),
  ];
}

/** Weir listens beyond this machine only where the file says what clients of others may do. */
function checkListen({ listen, rtm, access }: Config, places: Places): Problem[] {
  const ownServer = (rtm as { readonly listen: string } | null)?.listen;
  const servers = [
    { path: ['listen'], host: listen.host, line: IN_THE_FILE.listen.rest },
    ...(ownServer === undefined
      ? []
      : [
          {
            path: ['rtm', 'listen'],
            host: parseListen(ownServer)!.host,
            line: IN_THE_FILE.listen.rtm,
          },
        ]),
  ];
  return servers.flatMap(({ path, host, line }): Problem[] => {
    const problem = exposureProblem(host, access, line);
    if (problem === null) return [];
    return [
      { code: 'exposed', message: `${path.join('.')} ${problem}`, place: places.value(path) },
    ];
  });
}

function checkChannels({ channels }: Config, places: Places): Problem[] {
  if (channels.length > 0) return [];
  const message =
    'there is no channel under channels:; add one, such as trades: { feed: { kind: websocket, url: … } }';
  return [{ code: 'no-channels', message, place: places.value(['channels']) }];
}

function checkFormerNames({ channels }: Config, places: Places, written: unknown): Problem[] {
  const taken = new Set(channels.map(({ name }) => name));
  const problems: Problem[] = [];
  for (const { name, was } of channels) {
    for (const [index, former] of was.entries()) {
      if (taken.has(former)) {
        const shown = [valueAt(written, ['channels', name, 'was'])].flat()[index];
        const message = `was ${JSON.stringify(shown)} is the name, or a former name, of another channel`;
        problems.push({
          code: 'duplicate-name',
          message,
          place: places.value(['channels', name, 'was']),
        });
      }
      taken.add(former);
    }
  }
  return problems;
}

function checkChart(
  name: string,
  chart: { readonly interval: string; readonly range: string },
  places: Places,
): Problem[] {
  const intervalMs = nominalMs(parseInterval(chart.interval)!);
  const barCount = parseDuration(chart.range)! / intervalMs;
  const place = places.value(['channels', name, 'chart', 'range']);
  if (barCount > BARS_MAX) {
    const message = `range ${chart.range} is ${Math.ceil(barCount)} bars of ${chart.interval}; the most is ${BARS_MAX}, so take a longer interval`;
    return [{ code: 'bad-value', message, place }];
  }
  if (barCount < 1) {
    const message = `range ${chart.range} is shorter than one bar of ${chart.interval}`;
    return [{ code: 'bad-value', message, place }];
  }
  return [];
}

function checkRetention(
  name: string,
  chart: { readonly interval: string; readonly range: string },
  { retain }: Config,
  places: Places,
): Problem[] {
  const tier = tierFor(parseInterval(chart.interval)!);
  if (tier === null || parseDuration(chart.range)! <= retain[tier]) return [];
  const kept = formatDuration(retain[tier]);
  const message = `range ${chart.range} reaches back further than cells of ${tier} are kept (${kept}), which bars of ${chart.interval} are made of; take a longer interval, or raise retain`;
  return [
    { code: 'bad-value', message, place: places.value(['channels', name, 'chart', 'range']) },
  ];
}

function checkOwnServer(
  name: string,
  feed: Config['channels'][number]['feed'],
  config: Config,
  places: Places,
): Problem[] {
  if (feed['url'] !== 'self' || config.rtm !== null) return [];
  const message =
    'url self means the RTM server of this file, and there is none; add rtm: at the top level';
  return [{ code: 'bad-value', message, place: places.value(['channels', name, 'feed', 'url']) }];
}
