/** The scheduler's receipt for one decision, under the chain of causes that it is a part of. */
import type { TraceEvent } from '../../protocol/events.ts';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { serviceWithId } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import { readDecision } from './read-decision.ts';

export function Decision({ event }: { event: TraceEvent }) {
  const serviceId = event.objects.find((ref) => ref.startsWith('service:'))?.slice('service:'.length) ?? '';
  const decision = readDecision(event, serviceWithId(useWorld.getState().snapshot, serviceId)?.name);
  if (!decision) return null;
  const { summary, refusals, columns, rows, decidedBy, note } = decision;
  return (
    <section aria-label="The scheduler's decision" className="mt-4 border-t border-line pt-3">
      <div className="flex items-baseline justify-between">
        <h4 className="text-lens font-[650]">Decision</h4>
        <span className="text-caption text-t3">{summary}</span>
      </div>
      {refusals.length > 0 && (
        <p className="mt-1 text-small text-t2">
          Refused by: {refusals.map(([filter, count]) => `${filter} ${count}`).join(', ')}.
        </p>
      )}
      <ScrollRegion name="Nodes compared" className="mt-[6px] overflow-x-auto">
        <table className="w-full border-collapse text-small">
          <thead>
            <tr className="text-caption text-t3">
              {columns.map((column, index) => (
                <th
                  key={column}
                  scope="col"
                  className={`px-[6px] font-normal ${index === 0 ? 'text-left' : 'text-right'}`}
                >
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              <tr key={row[0]} className="leading-5 text-t2 first:bg-raise first:font-bold first:text-t1">
                {row.map((cell, index) => (
                  <td
                    key={columns[index]}
                    className={`px-[6px] ${index === 0 ? 'text-left' : 'text-right font-mono'} ${
                      index === decidedBy && place > 0 && cell !== rows[0]?.[index]
                        ? 'underline underline-offset-2'
                        : ''
                    }`}
                  >
                    {cell}
                    {index === 0 && place === 0 ? ' ✓' : ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {note && <p className="mt-[6px] text-small text-t2">{note}</p>}
      <p className="mt-4 border-t border-line pt-[9px] text-caption text-t3">
        <b className="text-t2">Real rule.</b> swarmkit manager/scheduler
      </p>
    </section>
  );
}
