/** The world's courses as a tree: each a line from where it began to its newest moment. A click shows that one. */
import { GitBranch } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { BranchView } from '../../protocol/worker-messages.ts';
import { showBranch } from '../actions/time-control.ts';
import { timeText } from '../narrator/time-text.ts';
import { useWorld } from '../store/world.ts';

const WIDTH = 300;
const ROW = 30;
const LEFT = 10;
const RIGHT = 8;

/** Not there while there is only one course. */
export function BranchPicker() {
  const known = useWorld((state) => state.branches);
  const current = useWorld((state) => state.branch);
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !box.current?.contains(event.target as Node))
        setOpen(false);
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [isOpen]);
  if (known.length < 2) return null;
  const { snapshot, time } = useWorld.getState();
  const now = time.newest ?? snapshot?.now ?? 0;
  // The one that is shown has gone on since the tree was last told.
  const branches = known.map((branch) => (branch.id === current ? { ...branch, end: now } : branch));
  return (
    <div ref={box} className="relative ml-auto flex-none pl-3">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="inline-flex h-8 items-center gap-2 rounded-control border border-line2 px-[10px] text-small font-semibold text-t1 hover:bg-raise"
      >
        <GitBranch size={16} strokeWidth={1.75} aria-hidden="true" />
        Branch {current} of {branches.length}
      </button>
      {isOpen && (
        <div className="absolute right-0 bottom-full z-30 mb-2 w-[min(440px,calc(100vw-24px))] border border-line2 bg-chrome p-4 shadow-[0_8px_24px_#0006]">
          <p className="mb-2 text-small text-t2">
            Acting at an earlier moment began another course of the same world. None is lost.
          </p>
          <ul className="max-h-[240px] overflow-y-auto">
            {branches.map((branch, index) => (
              <li key={branch.id}>
                <BranchRow
                  branch={branch}
                  branches={branches}
                  index={index}
                  isCurrent={branch.id === current}
                  onPick={() => {
                    setOpen(false);
                    void showBranch(branch.id);
                  }}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function BranchRow(props: {
  branch: BranchView;
  branches: readonly BranchView[];
  index: number;
  isCurrent: boolean;
  onPick: () => void;
}) {
  const { branch, branches, index, isCurrent, onPick } = props;
  const end = Math.max(...branches.map((one) => one.end));
  const x = (at: number) => LEFT + (at / Math.max(1, end)) * (WIDTH - LEFT - RIGHT);
  const parent = branches.findIndex(({ id }) => id === branch.from?.branch);
  return (
    <button
      type="button"
      aria-current={isCurrent ? 'true' : undefined}
      onClick={onPick}
      className="flex w-full items-center gap-3 px-1 text-left hover:bg-raise aria-[current]:font-[650]"
    >
      <svg
        width={WIDTH}
        height={ROW}
        aria-hidden="true"
        className="flex-none overflow-visible"
        stroke="var(--t2)"
        fill="none"
      >
        {branch.from && (
          <path
            d={`M${x(branch.from.at)} ${ROW / 2 - ROW * (index - parent)}V${ROW / 2}`}
            strokeWidth="1.25"
            strokeDasharray="2 3"
          />
        )}
        <path
          d={`M${x(branch.from?.at ?? 0)} ${ROW / 2}H${x(branch.end)}`}
          stroke={isCurrent ? 'var(--t1)' : 'var(--t2)'}
          strokeWidth={isCurrent ? 3 : 1.5}
        />
        <circle
          cx={x(branch.end)}
          cy={ROW / 2}
          r="4"
          fill={isCurrent ? 'var(--t1)' : 'var(--chrome)'}
          strokeWidth="1.5"
        />
      </svg>
      <span className="text-small">
        {branch.id}
        <span className="block text-caption font-normal text-t2">
          {branch.from ? `from ${timeText(branch.from.at, 1)}` : 'the first'}
        </span>
      </span>
    </button>
  );
}
