/** The course: chapters, their lessons, and which of them have been done. */
import { Check } from 'lucide-react';
import { chapters } from '../../scenarios/lessons/course.ts';
import { incidentOfDay } from '../../scenarios/lessons/incidents.ts';
import { Dialog } from '../components/dialog.tsx';
import { usePanels } from '../store/panels.ts';
import { beginIncident, beginLesson, useLesson } from './lesson-state.ts';

export default function ChooserDialog() {
  const { done, steps } = useLesson((state) => state.progress);
  const current = useLesson((state) => state.lesson?.id);
  const all = chapters.flatMap(({ lessons }) => lessons);
  const next = all.find(({ id }) => !done.includes(id));
  const count = all.filter(({ id }) => done.includes(id)).length;
  return (
    <Dialog title="Learn" onClose={() => usePanels.getState().set({ dialog: null })} width="w-[760px]">
      <p className="mb-4 text-t2">
        Each lesson has its own swarm, and ends the present world. You do things; the lesson looks at what comes of
        them.
        {count > 0 && ` Done: ${count} of ${all.length}.`}
      </p>
      {chapters.map((chapter) => (
        <section key={chapter.id} aria-labelledby={`chapter-${chapter.id}`} className="mb-4">
          <h3 id={`chapter-${chapter.id}`} className="mb-1 flex items-baseline gap-2 font-[650]">
            {chapter.title}
            <span className="font-mono text-caption font-normal text-t3">
              {chapter.lessons.filter(({ id }) => done.includes(id)).length}/{chapter.lessons.length}
            </span>
          </h3>
          <ul className="border-t border-line">
            {chapter.lessons.map((lesson) => (
              <li key={lesson.id} className="border-b border-line">
                <button
                  type="button"
                  data-begin-here={lesson === next ? '' : undefined}
                  aria-current={lesson.id === current ? 'true' : undefined}
                  onClick={() => void beginLesson(lesson)}
                  className="flex w-full items-center gap-3 px-3 py-[7px] text-left hover:bg-raise aria-[current]:shadow-[inset_3px_0_0_var(--t1)] max-[720px]:min-h-11"
                >
                  <span className="size-4 flex-none">
                    {done.includes(lesson.id) && <Check size={16} strokeWidth={2.5} aria-hidden="true" />}
                  </span>
                  <span className="min-w-0">
                    <span className="block font-semibold">
                      {lesson.title}
                      {done.includes(lesson.id) && <span className="sr-only"> (done)</span>}
                      {!done.includes(lesson.id) && (steps[lesson.id] ?? 0) > 0 && (
                        <span className="ml-2 text-caption font-normal text-t3">
                          came to step {(steps[lesson.id] ?? 0) + 1} of {lesson.steps.length}
                        </span>
                      )}
                    </span>
                    <span className="block text-small text-t2">{lesson.about}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Incidents mended={done.filter((id) => id.startsWith('incident-')).length} />
    </Dialog>
  );
}

const levels = ['easy', 'harder', 'hard'];

/** Exercises without an end: something is broken, and nobody says what. */
function Incidents({ mended }: { mended: number }) {
  const button = 'h-9 rounded-control border border-line2 px-3 text-t1 hover:bg-raise max-[720px]:h-11';
  return (
    <section aria-labelledby="incidents">
      <h3 id="incidents" className="mb-1 flex items-baseline gap-2 font-[650]">
        Incidents
        {mended > 0 && <span className="font-mono text-caption font-normal text-t3">{mended} mended</span>}
      </h3>
      <p className="mb-2 text-t2">Something is broken, and nobody says what. Find it and mend it; the clock counts.</p>
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          className={button}
          onClick={() => void beginIncident(undefined, incidentOfDay(Date.now()))}
        >
          The one of today
        </button>
        {levels.map((level, index) => (
          <button key={level} type="button" className={button} onClick={() => void beginIncident(index + 1)}>
            Any, {level}
          </button>
        ))}
      </div>
    </section>
  );
}
