/**
 * A flow and its hops in words: titles, what a room did in two short lines, what changed, and the command that shows the same on a real host.
 * The stage, the ledger and the inspector say the same because they all ask here.
 */
import type { FlowView, GossipView, Hop, LoadView, NetworkView, Room } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { taskName, taskWithId } from '../../store/rows.ts';
import { listed } from './gossip-gap.ts';

/** `curl`-like: where to, over what. */
export function goalText({ target }: Pick<FlowView, 'target'>): string {
  const { host, port, protocol } = target;
  if (protocol === 'icmp') return `ping ${host}`;
  return `${host}:${port}${protocol === 'udp' ? '/udp' : ''}`;
}

/** Where it comes from: a host's shell, a container, the outside. */
export function originText(snapshot: Snapshot, { origin }: Pick<FlowView, 'origin'>): string {
  if (origin.kind === 'outside') return 'outside the cluster';
  if (origin.kind === 'host') return origin.machine;
  return onMachine(containerText(snapshot, origin.container), origin.machine);
}

/** A container by its task's name, else by its own. */
export function containerText(snapshot: Snapshot, container: string): string {
  const endpoint = snapshot.network?.endpoints.find((one) => one.container === container);
  const task = taskWithId(snapshot, endpoint?.task ?? null);
  return task ? taskName(task) : (endpoint?.name ?? container.slice(0, 12));
}

/** Where it ended, with the place: `answered by web.2 on node3`, `dropped at node1, nat: port not published`. */
export function endingText(snapshot: Snapshot, flow: FlowView): string {
  const drop = flow.hops.find((hop) => hop.result === 'dropped');
  if (drop)
    return `dropped at ${placeText(drop)}: ${drop.reason ?? drop.rule}${drop.detail ? ` (${drop.detail})` : ''}`;
  const delivered = flow.hops.find((hop) => hop.result === 'delivered') ?? flow.hops.find((hop) => hop.room === 'app');
  const who = taskOfFlow(snapshot, flow);
  const by = delivered ? (who ? onMachine(who, delivered.machine) : delivered.machine) : '';
  if (flow.state === 'done') return by ? `answered by ${by}` : 'answered';
  if (flow.state === 'failed') return flow.outcome || 'failed';
  if (flow.state === 'held') return by ? `held open with ${by}` : 'held open';
  return flow.state === 'serving' ? `${by || 'the task'} works on it` : 'on its way';
}

/** Name of the task that the flow reached, if it reached one. */
function taskOfFlow(snapshot: Snapshot, flow: FlowView): string {
  const hop = flow.hops.find((one) => one.way === 'out' && one.container !== undefined && one.room === 'task');
  return hop?.container ? containerText(snapshot, hop.container) : '';
}

/** From the first to the last hop, in milliseconds. */
export function spanText(flow: FlowView): string {
  const last = flow.hops.at(-1);
  const ms = ((last?.at ?? flow.openedAt) - flow.openedAt) / 1000;
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(2)} ms`;
}

/** Milliseconds since the flow was opened. */
export const sinceText = (flow: FlowView, hop: Hop): string => ((hop.at - flow.openedAt) / 1000).toFixed(3);

export const placeText = (hop: Pick<Hop, 'machine' | 'room'>): string => `${machineText(hop)}, ${roomName(hop.room)}`;

/** A hop outside of every machine has no machine's name. */
export const machineText = (hop: Pick<Hop, 'machine'>): string => hop.machine || 'outside';

const roomNames: Readonly<Record<Room, string>> = {
  client: 'client',
  resolver: 'DNS',
  eth0: 'eth0',
  nat: 'nat',
  docker_gwbridge: 'docker_gwbridge',
  ingress_sbox: 'ingress_sbox',
  lb: 'load balancer',
  mark: 'mark',
  ipvs: 'IPVS',
  snat: 'SNAT',
  bridge: 'br0',
  vxlan: 'vxlan0',
  wire: 'wire',
  task: 'task',
  app: 'app',
};
export const roomName = (room: Room): string => roomNames[room];

/** Is it taken out of its capsule here, and not put into one? */
const unwraps = (hop: Hop): boolean => hop.room === 'vxlan' && /unwrapped/.test(hop.rule);

/** `wrapped for the wire`: what happens at a hop, in a few words. */
export function hopTitle(hop: Hop): string {
  if (hop.result === 'dropped') return `dropped: ${hop.reason ?? 'no reason known'}`;
  const back = hop.way === 'back';
  if (hop.room === 'wire' && hop.rule.startsWith('sent again')) return 'no answer, tried again';
  switch (hop.room) {
    case 'client':
      return back ? 'the answer arrives' : 'leaves the client';
    case 'resolver':
      return 'the name becomes an address';
    case 'eth0':
      return back ? `leaves ${machineText(hop)}` : `arrives at ${machineText(hop)}`;
    case 'nat':
      return back ? 'rewriting undone' : 'destination rewritten';
    case 'docker_gwbridge':
      return 'over docker_gwbridge';
    case 'ingress_sbox':
      return back ? 'out of the ingress sandbox' : 'into the ingress sandbox';
    case 'lb':
      return back ? 'out of the load balancer' : 'held by the load balancer';
    case 'mark':
      return 'marked for its service';
    case 'ipvs':
      return back ? 'choice undone' : `the balancer chooses ${chosenName(hop) ?? 'a task'}`;
    case 'snat':
      return back ? 'client put back' : 'client replaced';
    case 'bridge':
      return 'over the network’s bridge';
    case 'vxlan':
      return unwraps(hop) ? 'unwrapped' : 'wrapped for the wire';
    case 'wire':
      return hop.encapsulation ? 'on the wire, in its capsule' : 'on the wire';
    case 'task':
      return back ? 'leaves the task' : 'arrives in the task';
    case 'app':
      return back ? 'the program answers' : 'delivered';
  }
}

/** What a rewrite means, where learners ask. */
export function captionOf(hop: Hop): string {
  const back = hop.way === 'back';
  const { before, after } = hop;
  if (hop.result === 'dropped' || (before.src === after.src && before.dst === after.dst)) return '';
  switch (hop.room) {
    case 'snat':
      return back ? 'client address put back' : 'client address replaced here';
    case 'ipvs':
      return back ? 'task hidden again' : 'a task in place of the service';
    case 'nat':
      return back ? 'door put back' : 'into the mesh';
    case 'task':
      return back ? 'port put back' : 'published port to target port';
    case 'docker_gwbridge':
      return back ? 'container put back' : 'the host’s address in place of the container’s';
    default:
      return '';
  }
}

/** A packet that was lost and is sent again: `no answer, tried again after 1 s`; empty for other hops. */
export function retryText(flow: Pick<FlowView, 'hops'>, hop: Hop): string {
  if (hop.room !== 'wire' || !hop.rule.startsWith('sent again')) return '';
  const lost = flow.hops.findLast((one) => one.result === 'dropped' && one.way === hop.way && one.step < hop.step);
  const seconds = lost ? (hop.at - lost.at) / 1e6 : null;
  return `no answer, tried again${seconds === null ? '' : ` after ${Number(seconds.toPrecision(2))} s`}`;
}

/** The rule of a hop as one line, without what only machines need. */
export function ruleText(flow: Pick<FlowView, 'hops'>, hop: Hop): string {
  const detail = hop.detail && !hop.rule.includes(hop.detail) ? `; ${hop.detail}` : '';
  return retryText(flow, hop) || `${withoutIds(hop.rule)}${detail}`;
}

/** Why it went no further, in a sentence that names what would have to be otherwise; empty where nothing was dropped. */
export function dropText(snapshot: Snapshot, flow: FlowView, hop: Hop): string {
  if (hop.result !== 'dropped') return '';
  const port = portOf(hop.before.dst) || String(flow.target.port);
  const here = machineText(hop);
  switch (hop.reason) {
    case 'name not found':
      return strangerText(snapshot, flow);
    case 'port not published':
      return unpublishedText(snapshot, hop, port);
    case 'no backend':
      return `${here} knows no healthy task to send it to: none runs, none is healthy, or ${here} has not heard of one yet.`;
    case 'connection refused':
      return hop.room === 'app'
        ? `It arrived, but no process in the container listens on port ${port}.`
        : `It was turned away on ${here}.`;
    case 'not on this network':
      return `${originText(snapshot, flow)} has no way to ${flow.target.host}: they share no network.`;
    case 'no such address':
      return `Nobody ${here} knows of has ${addressOf(hop.before.dst)} any more: the task is gone, and not everybody has heard it.`;
    case 'network not here':
      return `${here} has no such network: no task of its needs it.`;
    case 'not decrypted':
      return `${here} has not the key that it was encrypted with: ${hop.detail ?? ''}.`;
    case 'node unreachable':
      return `Nothing came through: ${hop.detail ?? 'the machine at the other end does not answer'}.`;
    case 'port closed':
      return `A firewall swallowed it: ${hop.detail ?? 'the port is closed'}. Nobody tells the sender.`;
    case 'lost on the way':
      return 'The link lost it. TCP sends it again.';
    case 'does not answer':
      return 'The connection is taken, and nothing is said.';
    case 'timed out':
    case 'connection reset':
    case undefined:
      return hop.detail ?? '';
  }
}

/** A door is there only while somebody stands behind it. */
function unpublishedText({ services }: Snapshot, hop: Hop, port: string): string {
  const here = machineText(hop);
  const owner = services.find(({ ports }) => ports.some(({ published }) => String(published) === port));
  if (!owner) return `Nothing on ${here} listens on port ${port}, and no service publishes it.`;
  return owner.ports.some(({ published, mode }) => String(published) === port && mode === 'host')
    ? `${owner.name} publishes port ${port} on the machines where its tasks run, and ${here} has none.`
    : `${owner.name} publishes port ${port}, but ${here} knows no task of it that takes connections: the door goes with the last one.`;
}

/** Why a name is not known: who has it, and on which networks that is. */
function strangerText(snapshot: Snapshot, flow: FlowView): string {
  const { host } = flow.target;
  const { origin } = flow;
  const nets = (container: string): string[] =>
    snapshot.network?.endpoints
      .find((one) => one.container === container)
      ?.interfaces.filter(({ kind }) => kind === 'overlay')
      .map(({ networkName }) => networkName) ?? [];
  if (origin.kind !== 'container')
    return `${host} is no name that a machine knows: names of services are only known inside their networks.`;
  const own = nets(origin.container);
  const who = originText(snapshot, flow).replace(/ on \S+$/, '');
  const service = snapshot.services.find(({ name }) => name === host || name.endsWith(`_${host}`));
  const theirs = new Set(
    snapshot.network?.endpoints
      .filter((one) => service && one.service === service.id)
      .flatMap(({ container }) => nets(container)) ?? [],
  );
  const mine = own.filter((name) => name !== 'ingress');
  const on = mine.length > 0 ? `${who} is on ${mine.join(', ')}` : `${who} is on no overlay network of its own`;
  const others = [...theirs].filter((name) => name !== 'ingress');
  if (service && others.length > 0)
    return `${service.name} is on ${others.join(', ')}; ${on}. Names are known only inside a network.`;
  return `${on}: nothing there is called ${host}.`;
}

export function chosenName(hop: Hop): string | undefined {
  const chosen = hop.candidates?.find((one) => one.endpoint === hop.choice);
  return chosen && withoutIds(chosen.name);
}

/** `web.1.hq577c3lpyx2zmnos7dqncmzp` is `web.1`, and a global task `web.NODE.TASK` is `web`, as long as nobody needs the ids. */
export const withoutIds = (text: string): string => text.replace(/(\w)((?:\.[a-z0-9]{25}){1,2})\b/g, '$1');

/** A task's name and its machine; names of global tasks end with it. */
const onMachine = (task: string, machine: string): string =>
  task.endsWith(` on ${machine}`) ? task : `${task} on ${machine}`;

const addressOf = (end: string): string => end.replace(/:\d+$/, '');
const portOf = (end: string): string => /:(\d+)$/.exec(end)?.[1] ?? '';

/** What a room did, in two short lines for its box. */
export function roomLines(hop: Hop): [string, string] {
  if (hop.result === 'dropped') return [hop.reason ?? 'dropped', ''];
  const { after, before } = hop;
  const port = portOf(after.dst);
  switch (hop.room) {
    case 'client':
      return ['sends to', addressOf(after.dst)];
    case 'resolver':
      return ['the name is', hop.answer?.[0] ?? addressOf(after.dst)];
    case 'eth0':
      return [after.protocol, port ? `→ :${port}` : ''];
    case 'nat':
      return before.dst === after.dst ? ['passes', ''] : ['DNAT to', addressOf(after.dst)];
    case 'docker_gwbridge':
      return before.src === after.src
        ? ['to', withoutIds(hop.rule.split(': to ')[1] ?? 'the host')]
        : ['source is', addressOf(after.src)];
    case 'ingress_sbox':
      return ['enters', 'by eth1'];
    case 'lb':
      return ['holds', addressOf(before.dst)];
    case 'mark':
      return ['set', hop.mark === undefined ? '' : `0x${hop.mark.toString(16)}`];
    case 'ipvs':
      return [chosenName(hop) ?? 'chosen', addressOf(after.dst)];
    case 'snat':
      return ['source is', addressOf(after.src)];
    case 'bridge':
      return ['to', addressOf(after.dst)];
    case 'vxlan':
      if (unwraps(hop)) return ['unwrap', hop.network ?? ''];
      return hop.encapsulation
        ? [`VNI ${hop.encapsulation.vni}`, `+${overheadOf(hop.encapsulation.mtu)} bytes`]
        : ['wrapped', ''];
    case 'wire':
      return [hop.encapsulation ? `UDP ${hop.encapsulation.port}` : after.protocol, ''];
    case 'task':
      return before.dst === after.dst
        ? ['arrives', port ? `:${port}` : '']
        : ['REDIRECT', `${portOf(before.dst)} → ${port}`];
    case 'app':
      return ['listens on', port ? `:${port}` : after.protocol];
  }
}

/** Bytes that the outer headers take of an Ethernet frame's 1500. */
const overheadOf = (mtu: number): number => 1500 - mtu;

/** What a hop changed: a word, and old → new. */
export function changeText(hop: Hop): { effect: string; change: string } {
  const { before, after } = hop;
  if (hop.result === 'dropped') return { effect: 'dropped', change: `${before.src} → ${before.dst}` };
  if (hop.room === 'resolver') return { effect: 'name', change: hop.answer?.join(', ') ?? '' };
  const changes: string[] = [];
  const words: string[] = [];
  if (before.src !== after.src) {
    words.push('from');
    changes.push(`${before.src} → ${after.src}`);
  }
  if (before.dst !== after.dst) {
    words.push('to');
    changes.push(`${before.dst} → ${after.dst}`);
  }
  if (changes.length > 0) return { effect: words.join(', '), change: changes.join('; ') };
  if (hop.room === 'mark' && hop.mark !== undefined)
    return { effect: 'mark', change: `none → 0x${hop.mark.toString(16)}` };
  if (hop.room === 'vxlan') {
    const capsule = hop.encapsulation;
    if (unwraps(hop) || !capsule)
      return { effect: unwraps(hop) ? 'unwrapped' : 'wrapped', change: `${after.src} → ${after.dst}` };
    return {
      effect: 'wrapped',
      change: `+${overheadOf(capsule.mtu)} bytes, ${capsule.outerSrc} → ${capsule.outerDst}:${capsule.port}`,
    };
  }
  return { effect: hop.result === 'delivered' ? 'delivered' : 'passes', change: `${after.src} → ${after.dst}` };
}

/** Commands that show the same on a real host, for one hop. */
export function seeForReal(flow: FlowView, hop: Hop, network: Pick<NetworkView, 'overlays'>): string[] {
  const id = network.overlays.find((one) => one.name === networkOf(flow, hop))?.network ?? 'NETWORK';
  const isMesh = flow.hops.some((one) => one.room === 'ingress_sbox' && one.machine === hop.machine);
  const inBalancer = `nsenter --net=/run/docker/netns/${isMesh ? 'ingress_sbox' : `lb_${id.slice(0, 9)}`}`;
  const inOverlay = `nsenter --net=/run/docker/netns/1-${id.slice(0, 10)}`;
  const container = (hop.container ?? (flow.origin.kind === 'container' ? flow.origin.container : '')).slice(0, 12);
  const port = portOf(hop.after.dst) || portOf(hop.after.src);
  const filter = flow.target.protocol === 'icmp' ? 'icmp' : `${flow.target.protocol} port ${flow.target.port || port}`;
  switch (hop.room) {
    case 'client':
      return [`ip route get ${addressOf(hop.after.dst)}`];
    case 'resolver':
      return [`docker exec ${container || 'CONTAINER'} nslookup ${flow.target.host} 127.0.0.11`];
    case 'eth0':
      return [`tcpdump -ni eth0 ${filter}`];
    case 'nat':
      return [`iptables -t nat -nL ${isMesh ? 'DOCKER-INGRESS' : 'DOCKER'}`];
    case 'docker_gwbridge':
      return ['ip addr show docker_gwbridge', 'docker network inspect docker_gwbridge'];
    case 'ingress_sbox':
      return ['nsenter --net=/run/docker/netns/ingress_sbox ip addr'];
    case 'lb':
      return ['ip netns', `${inBalancer} ip addr`];
    case 'mark':
      return [`${inBalancer} iptables -t mangle -nL`];
    case 'ipvs':
      return [`${inBalancer} ipvsadm -ln`];
    case 'snat':
      return [`${inBalancer} iptables -t nat -nL POSTROUTING`];
    case 'bridge':
      return [`${inOverlay} bridge fdb show`];
    case 'vxlan':
      return [`${inOverlay} ip -d link show vxlan0`, 'tcpdump -ni any udp port 4789'];
    case 'wire':
      if (!hop.encapsulation) return [`tcpdump -ni any ${filter}`];
      return [hop.encapsulation.encrypted ? 'tcpdump -ni any esp' : 'tcpdump -ni any udp port 4789'];
    case 'task':
      return [
        `nsenter --net=$(docker inspect -f '{{.NetworkSettings.SandboxKey}}' ${container || 'CONTAINER'}) iptables -t nat -nL`,
      ];
    case 'app':
      return [`docker logs ${container || taskContainer(flow) || 'CONTAINER'}`];
  }
}

/** The container that the flow reached, short. */
function taskContainer(flow: FlowView): string {
  return (flow.hops.findLast((hop) => hop.way === 'out' && hop.container !== undefined)?.container ?? '').slice(0, 12);
}

/** Name of the overlay a hop is on: its own, else that of the flow. */
export function networkOf(flow: FlowView, hop: Hop): string | null {
  return hop.network ?? flow.hops.find((one) => one.network !== undefined)?.network ?? null;
}

/** The ledger as plain text, for a mail or an issue. */
export function ledgerText(snapshot: Snapshot, flow: FlowView): string {
  const head = `${goalText(flow)} from ${originText(snapshot, flow)}: ${endingText(snapshot, flow)}`;
  const rows = flow.hops.map((hop, index) => {
    const { effect, change } = changeText(hop);
    return [
      String(index + 1),
      sinceText(flow, hop),
      hop.way,
      machineText(hop),
      roomName(hop.room),
      ruleText(flow, hop),
      effect,
      change,
    ];
  });
  const table = [['hop', 'ms', 'way', 'machine', 'room', 'rule', 'effect', 'before → after'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [head, ...lines].join('\n');
}

/** Who holds whom for what, as gossip has told each: one sentence per machine that is not simply alive for all. */
export function gossipSentences(gossip: readonly GossipView[]): string[] {
  const says = new Map<string, Map<string, string[]>>();
  for (const view of gossip) {
    // A machine that has started anew is another member; the old one is remembered for a while, and says nothing about it.
    const alive = new Set(view.members.filter(({ state }) => state === 'alive').map(({ machine }) => machine));
    for (const member of view.members) {
      if (member.state === 'alive' || member.machine === view.machine || alive.has(member.machine)) continue;
      const about = says.get(member.machine) ?? new Map<string, string[]>();
      about.set(member.state, [...(about.get(member.state) ?? []), view.machine]);
      says.set(member.machine, about);
    }
  }
  return [...says].flatMap(([machine, states]) =>
    [...states].map(
      ([state, by]) =>
        `${listed(by)} ${by.length === 1 ? 'holds' : 'hold'} ${machine} for ${state === 'suspect' ? 'suspect' : state}`,
    ),
  );
}

/** The state of gossip in one line. */
export function gossipText(gossip: readonly GossipView[]): string {
  if (gossip.length === 0) return 'Gossip: no machine is in a swarm';
  const sentences = gossipSentences(gossip);
  if (sentences.length > 0) return `Gossip: ${sentences.join('; ')}`;
  return gossip.length === 1
    ? 'Gossip: one machine, alone'
    : `Gossip: all ${gossip.length} machines hear of each other`;
}

/** A load generator's counts. */
export function loadText(load: LoadView): string {
  const targets = load.targets.map((target) => goalText({ target })).join(', ');
  const ms = (micros: number) => `${(micros / 1000).toFixed(micros < 10_000 ? 1 : 0)} ms`;
  const failures = Object.entries(load.byFailure).map(([reason, count]) => `${reason} ${count}`);
  return [
    `Load ${load.id}: ${load.perSecond} requests per second to ${targets}${load.running ? '' : ', ended'}`,
    `sent ${load.sent}`,
    `answered ${load.answered}`,
    `failed ${load.failed}${failures.length > 0 ? ` (${failures.join(', ')})` : ''}`,
    `in flight ${load.inFlight}`,
    `half within ${ms(load.latency.median)}, 95 % within ${ms(load.latency.p95)}`,
  ].join(' · ');
}

/** What to type to see a packet: a request to the first published port, or a service to have one. */
export function firstCommand(snapshot: Snapshot): { command: string; says: string } {
  const port = snapshot.services.flatMap((service) => service.ports).find((one) => one.mode === 'ingress')?.published;
  if (port === undefined)
    return {
      command: 'docker service create --name web --replicas 3 -p 80:80 nginx',
      says: 'No port is published yet. A service with one opens a door on every machine:',
    };
  return {
    command: port === 80 ? 'curl localhost' : `curl localhost:${port}`,
    says: 'No packet has been watched yet. Send one from a terminal, and see every room it passes:',
  };
}
