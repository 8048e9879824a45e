import type { Figures, Guard } from '@f2b/core';
import { reasonOf } from '../../errors.js';
import { catalogue } from './catalogue.js';
import { exposition } from './exposition.js';
import { type MetricsPlace, type MetricsServer, openMetricsServer } from './server.js';

/** Whose metrics they are. */
export interface Measured {
  readonly version: string;
  readonly guard: Pick<Guard, 'figures'> | undefined;
  isReady(): boolean;
}

export interface MetricsVoice {
  tell(level: 'INFO' | 'WARNING' | 'ERROR', message: string): void;
}

/** Serves a daemon's metrics where its settings say so. What keeps them from being served keeps nothing else from running. */
export async function openMetrics(
  place: MetricsPlace | undefined,
  measured: Measured,
  voice: MetricsVoice,
): Promise<MetricsServer | undefined> {
  if (place === undefined) return undefined;
  const startedAt = Math.floor(Date.now() / 1000);
  const page = () => metricsPage(measured, measured.guard?.figures(), startedAt);
  try {
    const server = await openMetricsServer(place, page);
    voice.tell('INFO', `Metrics: ${server.place}`);
    if (place.kind === 'address' && place.exposed) {
      voice.tell('WARNING', `Metrics are served to whoever reaches ${place.host}: names of jails and logs are in them`);
    }
    return server;
  } catch (error) {
    voice.tell('ERROR', `Metrics are not served: ${reasonOf(error)}`);
    return undefined;
  }
}

export function metricsPage(measured: Measured, figures: Figures | undefined, startedAt: number): string {
  return exposition(catalogue, {
    version: measured.version,
    ready: measured.isReady(),
    startedAt,
    figures,
    memory: process.memoryUsage(),
    cpu: process.cpuUsage(),
  });
}
