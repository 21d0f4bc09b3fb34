/**
 * Names for the IDs of nodes and services, each asked for once. What cannot be found keeps its ID.
 * Source: `cli: cli/command/idresolver/idresolver.go`.
 */
import type { Node, Service } from '../../../protocol/engine-api.ts';
import { type DockerClient, Interrupted } from '../client.ts';

export class IdResolver {
  readonly #api: DockerClient;
  readonly #isOff: boolean;
  readonly #names = new Map<string, string>();

  /** `isOff`: all IDs stay as they are (`--no-resolve`). */
  constructor(api: DockerClient, isOff: boolean) {
    this.#api = api;
    this.#isOff = isOff;
  }

  async node(id: string): Promise<string> {
    return this.#resolve(id, async () => {
      const { Spec, Description } = await this.#api.get<Node>(`/nodes/${id}`);
      return Spec.Name || Description.Hostname || id;
    });
  }

  async service(id: string): Promise<string> {
    return this.#resolve(id, async () => {
      const { Spec } = await this.#api.get<Service>(`/services/${id}`, { insertDefaults: 'false' });
      return Spec.Name ?? '';
    });
  }

  async #resolve(id: string, ask: () => Promise<string>): Promise<string> {
    if (this.#isOff || id === '') return id;
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = await ask().catch((error: unknown) => {
      if (error instanceof Interrupted) throw error;
      return id;
    });
    this.#names.set(id, name);
    return name;
  }
}
