/** What an operation that writes gets: its transaction, and the leader it runs on. */
import type { Transaction } from '../../store/store.ts';
import type { LeaderContext } from '../subsystem.ts';

export interface WriteContext {
  readonly tx: Transaction;
  readonly leader: LeaderContext;
}
