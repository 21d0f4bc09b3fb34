/** The lesson being taken: its step in words, what is still missing, a hint for the mistake being made, and the way on. */
import { Check, Circle, RotateCcw, X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { Lesson, Prediction, Step } from '../../scenarios/lessons/lesson.ts';
import { IconButton } from '../components/icon-button.tsx';
import { usePanels } from '../store/panels.ts';
import { call } from '../store/worker-client.ts';
import {
  answerWith,
  beginIncident,
  beginLesson,
  beginStepAgain,
  enterStep,
  goOn,
  isIncident,
  leaveLesson,
  lessonAfter,
  lessonWithId,
  showSolution,
  useLesson,
} from './lesson-state.ts';
import { LessonText } from './lesson-text.tsx';

export default function LessonPanel() {
  const lesson = useLesson((state) => state.lesson);
  const stepIndex = useLesson((state) => state.stepIndex);
  const wanted = usePanels((state) => state.lesson);
  useEffect(() => {
    const asked = wanted === null ? undefined : lessonWithId(wanted);
    if (asked && useLesson.getState().lesson?.id !== asked.id) void beginLesson(asked);
    // The address asks for one that does not exist: here are those that do.
    else if (!asked && wanted !== null && useLesson.getState().lesson === null)
      usePanels.getState().set({ lesson: null, sheet: 'inspector', dialog: 'lessons' });
  }, [wanted]);
  if (!lesson) return null;
  const step = lesson.steps[stepIndex];
  return (
    <section
      aria-label="Lesson"
      className="flex max-h-[74%] min-h-0 flex-none flex-col border-b border-line max-[720px]:max-h-full max-[720px]:flex-1 max-[720px]:border-b-0"
    >
      <header className="flex items-start gap-3 px-5 pt-3 pb-2 max-[720px]:px-[14px] max-[720px]:pt-0">
        <div className="min-w-0 flex-1">
          <p className="text-caption text-t3">
            {step ? `Step ${stepIndex + 1} of ${lesson.steps.length}` : 'Lesson finished'}
          </p>
          <h2 className="text-heading font-[650]">{lesson.title}</h2>
        </div>
        <IconButton
          icon={X}
          name="Leave the lesson"
          onClick={leaveLesson}
          className="-mr-2 size-8 max-[720px]:size-11"
        />
      </header>
      <StepMarks count={lesson.steps.length} at={stepIndex} />
      {step ? (
        <StepView key={`${lesson.id} ${stepIndex}`} step={step} isLast={stepIndex + 1 === lesson.steps.length} />
      ) : (
        <Finished lesson={lesson} />
      )}
    </section>
  );
}

function StepMarks({ count, at }: { count: number; at: number }) {
  return (
    <div aria-hidden="true" className="mx-5 flex gap-[3px] max-[720px]:mx-[14px]">
      {Array.from({ length: count }, (_, index) => `step ${index}`).map((name, index) => (
        <span
          key={name}
          className={`h-[3px] flex-1 ${index < at ? 'bg-t3' : index === at ? 'bg-inverse' : 'bg-line'}`}
        />
      ))}
    </div>
  );
}

function StepView({ step, isLast }: { step: Step; isLast: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const busy = useLesson((state) => state.busy);
  const isDone = useLesson((state) => state.isDone);
  // Whoever began the lesson or went on to this step, by button or key, reads on at its title.
  useEffect(() => {
    if (busy === null && !heading.current?.closest('section')?.contains(document.activeElement))
      heading.current?.focus();
  }, [busy]);
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-3 pb-1 text-t2 max-[720px]:px-[14px]">
        <h3 ref={heading} tabIndex={-1} className="mb-2 font-[650] text-t1 outline-none">
          {step.title}
        </h3>
        {busy === 'beginning' && <p role="status">The world of this lesson is being made.</p>}
        {step.predict && <Question predict={step.predict} />}
        {step.text.map((paragraph) => (
          <LessonText key={paragraph} paragraph={paragraph} />
        ))}
        <Goals step={step} />
        <Hint />
      </div>
      <Footer isDone={isDone} isLast={isLast} hasGoals={step.goals !== undefined} />
    </>
  );
}

function Goals({ step }: { step: Step }) {
  const { goals, broken } = useLesson((state) => state.watched);
  const isDone = useLesson((state) => state.isDone);
  if (!step.goals) return null;
  return (
    <ul aria-label="Goals" className="mb-3 space-y-[6px] border-t border-line pt-3">
      {step.goals.map(({ say }, index) => {
        const isMet = isDone || goals[index] === true;
        const isBroken = !isDone && broken[index] === true;
        const Icon = isBroken ? X : isMet ? Check : Circle;
        return (
          <li key={say} className={`flex gap-2 ${isMet ? 'text-t1' : ''}`}>
            <Icon size={16} strokeWidth={2} aria-hidden="true" className="mt-[2px] flex-none" />
            <span>
              {say}
              <span className="sr-only">
                {isBroken ? ': no longer possible' : isMet ? ': done' : ': still missing'}
              </span>
              {isBroken && <span className="block text-small">It was broken on the way. Begin the step again.</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Hint() {
  const hint = useLesson((state) => (state.isDone ? null : state.watched.hint));
  return (
    <p role="status" className={hint ? 'mb-3 border-l-2 border-t1 pl-3 text-t1' : 'sr-only'}>
      {hint}
    </p>
  );
}

/** Asked before, answered by what happens. */
function Question({ predict }: { predict: Prediction }) {
  const answer = useLesson((state) => state.answer);
  const isDone = useLesson((state) => state.isDone);
  const name = useId();
  return (
    <fieldset className="mb-3 border border-line p-3">
      <legend className="px-1 font-semibold text-t1">What will happen?</legend>
      <p className="mb-2 text-t1">{predict.question}</p>
      {predict.answers.map((text, index) => (
        <label key={text} className="flex items-start gap-2 py-[3px] max-[720px]:min-h-11 max-[720px]:items-center">
          <input
            type="radio"
            name={name}
            checked={answer === index}
            disabled={isDone && answer !== index}
            onChange={() => answerWith(index)}
            className="mt-[2px] size-4 flex-none accent-(--t1) max-[720px]:mt-0"
          />
          <span className={isDone && index === predict.right ? 'font-semibold text-t1' : ''}>{text}</span>
        </label>
      ))}
      {isDone && (
        <p role="status" className="mt-2 text-t1">
          {answer === null ? '' : answer === predict.right ? 'You saw it coming. ' : 'It went otherwise. '}
          {predict.because}
        </p>
      )}
    </fieldset>
  );
}

const quiet =
  'h-9 rounded-control border border-line2 px-3 text-t1 hover:bg-raise disabled:text-t3 disabled:hover:bg-transparent max-[720px]:h-11';
const strong =
  'h-9 rounded-control bg-inverse px-4 font-semibold text-on-inverse focus-visible:outline-offset-2 max-[720px]:h-11';

function Footer({ isDone, isLast, hasGoals }: { isDone: boolean; isLast: boolean; hasGoals: boolean }) {
  const busy = useLesson((state) => state.busy);
  const stepIndex = useLesson((state) => state.stepIndex);
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 border-t border-line px-5 py-[10px] max-[720px]:px-[14px]">
      <button type="button" className={isDone ? strong : quiet} disabled={!isDone} onClick={goOn}>
        {isLast ? 'Finish' : 'Next'}
      </button>
      {hasGoals && !isDone && (
        <button type="button" className={quiet} disabled={busy !== null} onClick={() => void showSolution()}>
          {busy === 'showing' ? 'Showing' : 'Show me'}
        </button>
      )}
      {hasGoals && !isDone && (
        <button
          type="button"
          className={quiet}
          onClick={() => void call<'advance'>({ call: 'advance', seconds: 10 })}
          title="Virtual time jumps ahead"
        >
          Skip 10 s
        </button>
      )}
      <span className="ml-auto flex">
        {stepIndex > 0 && (
          <button
            type="button"
            className="h-9 rounded-control px-2 text-t2 hover:bg-raise max-[720px]:h-11"
            onClick={() => enterStep(stepIndex - 1)}
          >
            Back
          </button>
        )}
        {hasGoals && (
          <IconButton
            icon={RotateCcw}
            name="Begin the step again"
            onClick={() => void beginStepAgain()}
            className="size-9 max-[720px]:size-11"
          />
        )}
      </span>
      <p role="status" className="sr-only">
        {isDone && hasGoals ? 'Step done.' : ''}
      </p>
    </div>
  );
}

function Finished({ lesson }: { lesson: Lesson }) {
  const next = lessonAfter(lesson);
  const result = useLesson((state) => state.result);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="overflow-y-auto px-5 py-3 text-t2 max-[720px]:px-[14px]">
      <h3 ref={heading} tabIndex={-1} className="mb-2 font-[650] text-t1 outline-none">
        Done
      </h3>
      {result && isIncident(lesson) && (
        <p className="mb-2 text-t1">
          Mended after {Math.round(result.seconds)} seconds of virtual time
          {result.shown ? ', with the solution shown' : ''}.
        </p>
      )}
      <p className="mb-4">The world stays as you have made it: go on playing in it, or take another lesson.</p>
      <div className="flex flex-wrap gap-2">
        {next && (
          <button type="button" className={strong} onClick={() => void beginLesson(next)}>
            Next: {next.title}
          </button>
        )}
        {isIncident(lesson) && (
          <button type="button" className={strong} onClick={() => void beginIncident()}>
            Another incident
          </button>
        )}
        <button type="button" className={quiet} onClick={() => usePanels.getState().set({ dialog: 'lessons' })}>
          All lessons
        </button>
        <button type="button" className={quiet} onClick={() => void beginLesson(lesson)}>
          Once more
        </button>
      </div>
    </div>
  );
}
