/** Seats of the managers, filled when reachable, with the notch where the majority is reached; beside it what that means, in words. */
import type { QuorumView } from '../../protocol/snapshot.ts';
import { quorumVerdict } from '../narrator/headline.ts';
import { useWorld } from '../store/world.ts';

const seatWidth = 21;

export function QuorumBar({ short = false }: { short?: boolean }) {
  const quorum = useWorld((state) => state.snapshot?.quorum ?? null);
  const known = useWorld((state) => state.snapshot !== null);
  if (!known) return null;
  const verdict = quorumVerdict(quorum);
  return (
    <div className="flex items-center gap-[9px] text-body font-semibold whitespace-nowrap">
      {quorum && quorum.members.length <= 9 && <Seats quorum={quorum} />}
      <span>{short ? verdict.short : verdict.long}</span>
    </div>
  );
}

function Seats({ quorum }: { quorum: QuorumView }) {
  // Seats fill from the left, so that the notch can be read: filled beyond it means that the swarm can change.
  const seats = quorum.members.toSorted((a, b) => Number(b.reachable) - Number(a.reachable));
  const notch = quorum.needed * seatWidth - seatWidth / 2 + 9;
  return (
    <svg width={seats.length * seatWidth} height="26" aria-hidden="true" className="flex-none">
      {seats.map((member, index) => (
        <path
          key={member.machine}
          transform={`translate(${index * seatWidth + (index >= quorum.needed ? 2 : 0)} 0)`}
          d="M16 13L12.5 19.1H5.5L2 13L5.5 6.9H12.5Z"
          fill={member.reachable ? 'var(--t1)' : 'none'}
          stroke="var(--t1)"
          strokeWidth="1.5"
          strokeDasharray={member.reachable ? undefined : '2 2'}
        />
      ))}
      <path d={`M${notch} 2V24`} stroke="var(--t1)" strokeWidth="1.5" />
    </svg>
  );
}
