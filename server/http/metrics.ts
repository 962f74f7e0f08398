/** `/metrics` for Prometheus. The library is loaded on the first scrape; till then requests are counted by hand. */
import type { Services } from './services.ts';

export interface Metrics {
  count(method: string, status: number): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createMetrics(services: Pick<Services, 'gauges'>): Metrics {
  const requests = new Map<string, number>();
  let scraping: ReturnType<typeof start> | undefined;
  return {
    count(method, status) {
      const key = `${method} ${status}`;
      requests.set(key, (requests.get(key) ?? 0) + 1);
    },
    async render() {
      scraping ??= start();
      const { register, answered, gauge } = await scraping;
      answered.reset();
      for (const [key, value] of requests) {
        const [method = '', status = ''] = key.split(' ');
        answered.inc({ method, status }, value);
      }
      for (const [name, { help, value }] of Object.entries(services.gauges()))
        gauge(`gondola_${name}`, help).set(value);
      return { contentType: register.contentType, text: await register.metrics() };
    },
  };
}

async function start() {
  // By the default alone: in the bundle a CommonJS package has no other names.
  const { default: library } = await import('prom-client');
  const { Counter, Gauge, Registry, collectDefaultMetrics } = library;
  const register = new Registry();
  collectDefaultMetrics({ register });
  const answered = new Counter({
    name: 'gondola_http_requests_total',
    help: 'HTTP requests answered, by method and status.',
    labelNames: ['method', 'status'],
    registers: [register],
  });
  const gauges = new Map<string, InstanceType<typeof Gauge>>();
  const gauge = (name: string, help: string) => {
    const known = gauges.get(name) ?? new Gauge({ name, help, registers: [register] });
    gauges.set(name, known);
    return known;
  };
  return { register, answered, gauge };
}
