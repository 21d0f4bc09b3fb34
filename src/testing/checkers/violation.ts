/** A broken invariant: which one, and in words what was seen. Thrown by checkers, caught by the simulation's runner. */
export class Violation extends Error {
  override name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}
