/**
 * Loading Google Charts, with an end: the package's own promise never settles when Google's servers are blocked,
 * so it races with a timer and with the script's error.
 */
import { GoogleCharts } from 'google-charts';

export const LOAD_MS_MAX = 6_000;
const HOST = 'https://www.gstatic.com/';

let loading: Promise<typeof google> | null = null;

/** Google's namespace once it is there; rejects when it cannot be had in time. Loads at most once. */
export function loadGoogle(): Promise<typeof google> {
  loading ??= new Promise((resolve, reject) => {
    const failed = (event: Event) => {
      const { target } = event;
      const blocked = target instanceof HTMLScriptElement && target.src.startsWith(HOST);
      if (blocked) settle(() => reject(new Error('blocked')));
    };
    const timer = setTimeout(() => settle(() => reject(new Error('too slow'))), LOAD_MS_MAX);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      // Errors of scripts do not bubble; they can only be captured.
      removeEventListener('error', failed, true);
      finish();
    };
    addEventListener('error', failed, true);
    const loaded = () => settle(() => resolve(GoogleCharts.api));
    // An array would be handed on unwrapped, and load nothing.
    GoogleCharts.load(loaded, { packages: ['corechart'] }).catch((error: unknown) =>
      settle(() => reject(error)),
    );
  });
  return loading;
}
