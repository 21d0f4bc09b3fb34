/** Names of services for Tab. Source: `cli: cli/command/service/completion.go`. */
import type { Service } from '../../../protocol/engine-api.ts';
import type { CompletionContext } from '../command.ts';

/** Names of all services; none if the daemon does not answer. */
export async function serviceNames({ api }: CompletionContext): Promise<string[]> {
  const services = await api.get<Service[]>('/services').catch(() => []);
  return services.map((service) => service.Spec.Name ?? service.ID);
}
