/** Examples of the Network lens as buttons: each types its command in a terminal, or causes its fault. */
import { type JSX, useMemo, useState } from 'react';
import { usePanels } from '../../store/panels.ts';
import { causeFault } from '../../store/worker-client.ts';
import { useWorld } from '../../store/world.ts';
import { typeCommand } from '../../terminal/sessions.ts';
import { type Example, type ExampleStep, examplesFor } from './examples.ts';
import { firstCommand } from './flow-words.ts';

/** `brief`: where little room is, the first command and the titles. */
export function ExampleList({ brief = false }: { brief?: boolean }): JSX.Element | null {
  // Examples depend on machines, roles and published ports only.
  const machines = useWorld((state) => state.snapshot?.machines);
  const services = useWorld((state) => state.snapshot?.services);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what they are made of.
  const examples = useMemo(() => {
    const { snapshot } = useWorld.getState();
    return snapshot ? examplesFor(snapshot) : [];
  }, [machines, services]);
  const [open, setOpen] = useState<string | null>(null);
  const shown = examples.find(({ id }) => id === open);
  if (examples.length === 0) return brief ? <FirstCommand /> : null;
  return (
    <section aria-label="Try and compare" className="text-small">
      {brief && <FirstCommand />}
      <ul className={brief ? 'flex flex-wrap justify-center gap-x-2 gap-y-1 pt-2' : 'flex flex-col gap-1'}>
        {examples.map((example) => (
          <li key={example.id}>
            <button
              type="button"
              aria-expanded={open === example.id}
              onClick={() => setOpen(open === example.id ? null : example.id)}
              className={`min-h-7 rounded-control px-2 text-left aria-expanded:bg-raise aria-expanded:font-[650] hover:bg-raise max-[720px]:min-h-11 ${brief ? 'border border-line2' : 'w-full font-[650]'}`}
            >
              {example.title}
            </button>
            {!brief && open === example.id && <Steps example={example} />}
          </li>
        ))}
      </ul>
      {brief && shown && <Steps example={shown} />}
    </section>
  );
}

/** What to type to see a packet at once. */
export function FirstCommand(): JSX.Element | null {
  const says = useWorld((state) => (state.snapshot ? firstCommand(state.snapshot).says : ''));
  const command = useWorld((state) => (state.snapshot ? firstCommand(state.snapshot).command : ''));
  if (!command) return null;
  return (
    <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2">
      <p className="text-body text-t2">{says}</p>
      <button type="button" onClick={() => typeOn(null, command)} className={`${stepLook} font-semibold`}>
        {command}
      </button>
    </div>
  );
}

const stepLook =
  'min-h-9 max-w-full rounded-control border border-line2 bg-stage px-3 py-1 text-left font-mono text-small break-words hover:bg-raise max-[720px]:min-h-11';

function Steps({ example }: { example: Example }): JSX.Element {
  const [done, setDone] = useState<readonly number[]>([]);
  const [problem, setProblem] = useState('');
  const act = async (step: ExampleStep, index: number) => {
    setProblem('');
    if ('command' in step) typeOn(step.host, step.command);
    else {
      const result = await causeFault(step.fault);
      if (!result.ok) return setProblem(result.error.message);
    }
    setDone([...done.filter((one) => one !== index), index]);
  };
  return (
    <div className="px-2 pt-1 pb-2">
      <p className="pb-2 text-t2">{example.look}</p>
      <ol className="flex flex-col items-start gap-1">
        {example.steps.map((step, index) => (
          <li key={'command' in step ? `${index} ${step.command}` : step.text} className="max-w-full">
            <button type="button" onClick={() => void act(step, index)} className={stepLook}>
              <span className="text-t2">{'command' in step ? `${step.host} $ ` : 'fault: '}</span>
              {'command' in step ? step.command : step.text}
            </button>
            {(step.shows || done.includes(index)) && (
              <span className="pl-2 text-caption text-t2">
                {done.includes(index) ? '✓ ' : ''}
                {step.shows}
              </span>
            )}
          </li>
        ))}
      </ol>
      {problem !== '' && (
        <p role="alert" className="pt-1">
          {problem}
        </p>
      )}
    </div>
  );
}

function typeOn(host: string | null, command: string): void {
  const { snapshot } = useWorld.getState();
  const panels = usePanels.getState();
  const on = host ?? panels.terminalHost ?? snapshot?.machines[0]?.name;
  if (!on) return;
  panels.set({ terminalHost: on, terminalFolded: false, sheet: 'terminal' });
  typeCommand(on, command);
}
