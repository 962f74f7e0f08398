/**
 * `/metrics` for Prometheus: the server's own meters, and what Node knows of its process. The library for the latter is
 * loaded on the first scrape.
 */
import type { Gauges, Meters } from '../metrics/meters.ts';

export interface Metrics {
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createMetrics(meters: Pick<Meters, 'render'>, gauges: () => Gauges | Promise<Gauges>): Metrics {
  let scraping: ReturnType<typeof start> | undefined;
  return {
    async render() {
      scraping ??= start();
      const register = await scraping;
      const text = meters.render(await gauges()) + (await register.metrics());
      return { contentType: register.contentType, text };
    },
  };
}

async function start() {
  // By the default alone: in the bundle a CommonJS package has no other names.
  const { default: library } = await import('prom-client');
  const register = new library.Registry();
  library.collectDefaultMetrics({ register });
  return register;
}
