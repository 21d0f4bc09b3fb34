/** `ss` and `netstat`: which ports of the host are open. Simplified: only listening sockets. Layout: iproute2, net-tools. */
import type { HostNetworkFacts } from '../../protocol/network-call.ts';
import type { Process, Program } from '../process.ts';

type Socket = HostNetworkFacts['listening'][number];

export const ss: Program = async (process) => {
  const shown = wanted(process);
  const withNames = process.args.some((word) => /^-[a-z]*p/.test(word));
  const rows = shown.map(({ protocol, address, port, process: owner }) => [
    ...(bothKinds(process) ? [protocol] : []),
    protocol === 'tcp' ? 'LISTEN' : 'UNCONN',
    '0',
    protocol === 'tcp' ? '4096' : '0',
    `${address}:${port}`,
    `${address}:*`,
    withNames && owner !== '' ? `users:(("${owner}",pid=${owner === 'sshd' ? 612 : 871},fd=${port % 30}))` : '',
  ]);
  const head = [
    ...(bothKinds(process) ? ['Netid'] : []),
    'State',
    'Recv-Q',
    'Send-Q',
    'Local Address:Port',
    'Peer Address:Port',
    'Process',
  ];
  process.stdout.write(aligned([head, ...rows], bothKinds(process) ? 4 : 3));
  return 0;
};

export const netstat: Program = async (process) => {
  const withNames = process.args.some((word) => /^-[a-z]*p/.test(word));
  const lines = [
    'Active Internet connections (only servers)',
    `Proto Recv-Q Send-Q Local Address           Foreign Address         State      ${withNames ? ' PID/Program name    ' : ''}`,
    ...wanted(process).map(({ protocol, address, port, process: owner }) => {
      const local = `${address === '*' ? '0.0.0.0' : address}:${port}`;
      const name = withNames ? ` ${owner === '' ? '-' : `${owner === 'sshd' ? 612 : 871}/${owner}`}` : '';
      return `${protocol.padEnd(5)}      0      0 ${local.padEnd(23)} ${'0.0.0.0:*'.padEnd(23)} ${(protocol === 'tcp' ? 'LISTEN' : '').padEnd(11)}${name}`;
    }),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
};

/** `-t` and `-u`; both without either. */
function wanted({ args, host }: Process): Socket[] {
  const letters = args.filter((word) => word.startsWith('-')).join('');
  const kinds = [letters.includes('t') && 'tcp', letters.includes('u') && 'udp'].filter(Boolean);
  const filter = args.map((word) => /^:(\d+)$/.exec(word)?.[1]).find(Boolean);
  return host.network
    .facts()
    .listening.filter(
      ({ protocol, port }) => (kinds.length === 0 || kinds.includes(protocol)) && (!filter || port === Number(filter)),
    )
    .toSorted((a, b) => (a.protocol < b.protocol ? 1 : a.protocol > b.protocol ? -1 : a.port - b.port));
}

function bothKinds({ args }: Process): boolean {
  const letters = args.filter((word) => word.startsWith('-')).join('');
  return letters.includes('t') === letters.includes('u');
}

/** Columns as wide as they need; addresses stand to the right. */
function aligned(rows: readonly (readonly string[])[], rightFrom: number): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === rightFrom || column === rightFrom + 1
            ? cell.padStart(widths[column]!)
            : cell.padEnd(widths[column]!),
        )
        .join(' ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
