/** What a row of the route table does: starts, and goes on with each answer that it asked for. */
import type { GoType } from '../../go-template/go-value.ts';
import type { Dockerd } from './dockerd.ts';
import type { Failure } from './errors.ts';
import type { Call } from './state.ts';

export interface Route {
  /** Refused at once where there is no control API. */
  readonly needsManager?: boolean;
  /** What its body is read into, or an archive; without one, it has none. */
  readonly body?: GoType | 'archive';
  readonly start: (daemon: Dockerd, call: Call) => void;
  /** By the name that was given when asking; `value` is what was asked for. */
  readonly stages?: Readonly<Record<string, (daemon: Dockerd, call: Call, value: never) => void>>;
  /** What to do when a stage's question was refused; without one, the refusal goes to the client. */
  readonly failed?: Readonly<Record<string, (daemon: Dockerd, call: Call, failure: Failure) => void>>;
}
