/** The chooser of worlds: those with a name, and any from 1 to 50 machines by number. */
import { type FormEvent, useId, useState } from 'react';
import type { Start } from '../../protocol/start.ts';
import { managersFor, maxMachines, startOfSize, starts } from '../../scenarios/starts.ts';
import { Dialog } from '../components/dialog.tsx';
import { usePanels } from '../store/panels.ts';
import { loadStart } from '../store/worker-client.ts';
import { useWorld } from '../store/world.ts';

const contents: Readonly<Record<string, string>> = {
  'first-swarm': '3 managers, 2 workers, web with 6 tasks behind port 80',
  blank: '5 hosts in no swarm: begin with docker swarm init',
  '1+2': 'One manager: nothing can change while it is gone',
  '3+2': 'Bears the loss of one manager',
  '5+5': 'Bears the loss of two managers',
};

export default function StartsDialog() {
  const current = useWorld((state) => state.start?.name);
  const [failure, setFailure] = useState(() => usePanels.getState().startFailure);
  const close = () => usePanels.getState().set({ dialog: null, startFailure: '' });
  const begin = (start: Start) => {
    loadStart(start).then(close, (error: Error) => setFailure(error.message));
  };
  return (
    <Dialog title="Begin another world" onClose={close} width="w-[520px]">
      {failure && (
        <p role="alert" className="mb-3 border-l-2 border-t1 pl-3 font-semibold">
          {failure}
        </p>
      )}
      <p className="mb-3 text-t2">The present one ends. The same seed and the same inputs make the same world again.</p>
      <ul className="border-t border-line">
        {starts.map((start) => (
          <li key={start.name} className="border-b border-line">
            <button
              type="button"
              onClick={() => begin(start)}
              aria-current={start.name === current ? 'true' : undefined}
              className="flex w-full flex-col px-3 py-[9px] text-left hover:bg-raise aria-[current]:shadow-[inset_3px_0_0_var(--t1)]"
            >
              <span className="font-[650]">{start.title}</span>
              <span className="text-small text-t2">{contents[start.name]}</span>
            </button>
          </li>
        ))}
      </ul>
      <SizeForm onBegin={begin} />
    </Dialog>
  );
}

function SizeForm({ onBegin }: { onBegin: (start: Start) => void }) {
  const [machines, setMachines] = useState(12);
  const [chosenManagers, setManagers] = useState<number | null>(null);
  const [tasks, setTasks] = useState(0);
  const managers = Math.min(chosenManagers ?? managersFor(machines), machines);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onBegin(startOfSize(machines, tasks, managers));
  };
  return (
    <form onSubmit={submit} className="mt-4 flex flex-wrap items-end gap-3">
      <NumberField label="Machines" value={machines} min={1} max={maxMachines} onChange={setMachines} />
      <NumberField
        label="of them managers"
        value={managers}
        min={1}
        max={Math.min(machines, 9)}
        onChange={setManagers}
      />
      <NumberField label="Tasks" value={tasks} min={0} max={2000} onChange={setTasks} />
      <button
        type="submit"
        className="h-9 rounded-control bg-inverse px-4 font-semibold text-on-inverse focus-visible:outline-offset-2"
      >
        Begin
      </button>
    </form>
  );
}

function NumberField(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}) {
  const { label, value, min, max, onChange } = props;
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="block text-caption text-t2">
        {label}
      </label>
      <input
        id={id}
        type="number"
        required
        min={min}
        max={max}
        value={Number.isNaN(value) ? '' : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="h-9 w-28 rounded-control border border-line2 bg-stage px-2 font-mono text-t1"
      />
    </div>
  );
}
