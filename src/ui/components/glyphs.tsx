/** Our own geometric signs: hexagon = manager, rounded rectangle = worker, square = task, diamond = input. Always beside a name. */

/** The mark of Swarmscope: a manager with a task in it. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" className="flex-none">
      <path d="M19 10L14.5 17.8H5.5L1 10L5.5 2.2H14.5Z" fill="none" stroke="currentColor" strokeWidth="2" />
      <rect x="6.5" y="6.5" width="7" height="7" rx="1" fill="currentColor" />
    </svg>
  );
}

/** A machine: hexagon when it manages, rounded rectangle when it works; double line when it leads, dashed and crossed without power. */
export function MachineGlyph({ manager, leader, dead }: { manager: boolean; leader: boolean; dead: boolean }) {
  const outline = { fill: 'var(--node)', stroke: 'currentColor', strokeDasharray: dead ? '4 3' : undefined };
  return (
    <svg width="40" height="40" viewBox="0 0 40 40" aria-hidden="true" className="flex-none">
      {manager ? (
        <path d="M1.5 20L10 5.5H30L38.5 20L30 34.5H10Z" strokeWidth="1.75" {...outline} />
      ) : (
        <rect x="2" y="6" width="36" height="28" rx="8" strokeWidth="1.75" {...outline} />
      )}
      {leader && <path d="M6 20L12.3 9.5H27.7L34 20L27.7 30.5H12.3Z" fill="none" stroke="currentColor" />}
      {dead && <path d="M14 14L26 26M26 14L14 26" stroke="currentColor" strokeWidth="2" />}
    </svg>
  );
}

/** A square in its service's hue with a monogram; hollow when it does not run. */
export function TaskGlyph(props: {
  fill: string;
  edge: string;
  ink: string;
  text: string;
  hollow?: boolean;
  size?: number;
}) {
  const { fill, edge, ink, text, hollow = false, size = 40 } = props;
  const fontSize = text.length > 3 ? 12 : text.length > 2 ? 15 : 19;
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" aria-hidden="true" className="flex-none">
      <rect
        x="1"
        y="1"
        width="38"
        height="38"
        rx="4"
        fill={hollow ? 'none' : fill}
        stroke={edge}
        strokeWidth="1.75"
        strokeDasharray={hollow ? '5 3' : undefined}
      />
      <text
        x="20"
        y="20"
        dy=".35em"
        textAnchor="middle"
        fontSize={fontSize}
        fontWeight="700"
        fill={hollow ? 'currentColor' : ink}
      >
        {text}
      </text>
    </svg>
  );
}
