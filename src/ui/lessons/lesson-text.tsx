/** A paragraph of a lesson: words, code, and buttons that do what stands on them. */
import { Clock3, CornerDownLeft, Zap } from 'lucide-react';
import { Fragment } from 'react';
import { type Move, piecesOf } from '../../scenarios/lessons/lesson.ts';
import { perform } from './lesson-state.ts';

export function LessonText({ paragraph }: { paragraph: string }) {
  const pieces = piecesOf(paragraph);
  return (
    <p className="mb-3 leading-[21px]">
      {pieces.map((piece, index) => {
        // The text never changes, so a place in it is a name.
        const key = index;
        if (piece.kind === 'move') return <MoveButton key={key} move={piece.move} />;
        if (piece.kind === 'code')
          return (
            <code key={key} className="text-small text-t1">
              {piece.text}
            </code>
          );
        return <span key={key}>{piece.text}</span>;
      })}
    </p>
  );
}

const icons = { command: CornerDownLeft, fault: Zap, wait: Clock3 };

function MoveButton({ move }: { move: Move }) {
  const Icon = icons[move.kind];
  const label = wordsOf(move);
  // A token is long and says nothing to a reader; the button types the real one.
  const shown = label.replace(/\{\{[a-z]+-token\}\}/, 'SWMTKN-1-…');
  return (
    <button
      type="button"
      onClick={() => void perform(move)}
      aria-label={move.kind === 'command' ? `Type on ${move.host}: ${shown}` : label}
      title={move.kind === 'command' ? `Type this on ${move.host}` : undefined}
      className="my-[3px] flex w-full items-start gap-2 rounded-control border border-line2 bg-stage px-[10px] py-[6px] text-left text-t1 hover:bg-raise max-[720px]:min-h-11 max-[720px]:items-center"
    >
      <Icon size={14} strokeWidth={2} aria-hidden="true" className="mt-[2px] flex-none text-t2 max-[720px]:mt-0" />
      {move.kind === 'command' ? (
        <span className="min-w-0 font-mono text-small break-words">
          <span className="text-t3">{move.host}$ </span>
          {shown.split(' ').map((word, index) => (
            // A flag is not broken at its dashes. The words of a command never change places.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above.
            <Fragment key={index}>
              <span className="inline-block max-w-full break-words">{word}</span>{' '}
            </Fragment>
          ))}
        </span>
      ) : (
        <span className="text-small font-semibold">{label}</span>
      )}
    </button>
  );
}

function wordsOf(move: Move): string {
  if (move.kind === 'wait') return `Let ${move.seconds} seconds pass`;
  return move.kind === 'fault' ? move.words : move.command;
}
