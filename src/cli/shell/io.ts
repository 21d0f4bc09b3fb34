/** Where a command reads and writes, and what interrupts it. Redirections and pipes make a changed copy. */
import type { CancelSignal } from '../../protocol/api.ts';
import type { InputStream, OutputStream } from '../process.ts';

export interface Io {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  signal: CancelSignal;
}
