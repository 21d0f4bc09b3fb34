/** The scheduler's receipt for one decision, as its event carries it: a table where it is a list, pairs where it is an object. */
import type { TraceEvent } from '../../protocol/events.ts';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { readDecision } from './read-decision.ts';

export function Decision({ event }: { event: TraceEvent }) {
  const { columns, rows, pairs } = readDecision(event);
  return (
    <section aria-label="The scheduler's decision" className="mt-4 border-t border-line pt-3">
      <h4 className="text-lens font-[650]">The scheduler's reckoning</h4>
      {pairs.length > 0 && (
        <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-small">
          {pairs.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-t3">{name}</dt>
              <dd className="text-right font-mono break-words">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {rows.length > 0 && (
        <ScrollRegion className="mt-2 overflow-x-auto" name="Nodes compared">
          <table className="w-full border-collapse text-small">
            <thead>
              <tr className="text-caption text-t3">
                {columns.map((column, index) => (
                  <th
                    key={column}
                    scope="col"
                    className={`px-[6px] py-[2px] font-normal ${index === 0 ? 'text-left' : 'text-right'}`}
                  >
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.join(' ')} className="text-t2 first:bg-raise first:font-bold first:text-t1">
                  {row.map((cell, index) => (
                    <td
                      // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row have no other name than their column.
                      key={index}
                      className={`px-[6px] py-[2px] ${index === 0 ? 'text-left' : 'text-right font-mono'}`}
                    >
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  );
}
