/**
 * Break-fix exercises, as many as there are numbers: each number stands for one fault out of a list, in a swarm of its own, with the names
 * and machines drawn from that number. An incident is a lesson of two steps: put it right, and read what it was.
 */

import type { Goal, Hint, Lesson } from './lesson.ts';
import { type LessonWorld, lessonStart, web } from './lesson-start.ts';

/** What one kind of fault makes of its draw. */
interface Incident {
  world: LessonWorld;
  setup: readonly string[];
  /** What users complain of. */
  symptom: string;
  goals: readonly Goal[];
  hints?: readonly Hint[];
  solution: readonly string[];
  /** The chain of causes, and how one finds it. */
  answer: readonly string[];
}

interface Kind {
  id: string;
  /** 1 to 3. */
  level: number;
  draw(dice: Dice): Incident;
}

/** Chance by number: the same number, the same draw. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (seed >>> 13)) >>> 0;
  }

  /** 0 up to, but not, `count`. Mulberry32. */
  below(count: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }
}

const names = ['shop', 'orders', 'mail', 'search', 'blog', 'tickets'];
const usual = { managers: 3, workers: 2 };

const kinds: readonly Kind[] = [
  {
    id: 'scaled-to-zero',
    level: 1,
    draw(dice) {
      const name = dice.of(names);
      return {
        world: usual,
        setup: [
          `node1: docker service create -d --name ${name} --replicas 2 -p 80:80 nginx:1.26`,
          'wait 8',
          `node1: docker service scale -d ${name}=0`,
          'wait 12',
        ],
        symptom: `Port 80 refuses every connection. Yesterday \`${name}\` answered there. Two tasks should serve it.`,
        goals: [{ say: `Two tasks of ${name} run`, check: { service: name, running: 2 } }],
        solution: [`node1: docker service scale ${name}=2`],
        answer: [
          `Somebody has scaled \`${name}\` to zero. The service, its port and its virtual address are all still there, with nobody behind them.`,
          'A node opens a published port only while it knows of a task behind it; without one the connection is refused. `docker service ls` shows it: 0/0.',
        ],
      };
    },
  },
  {
    id: 'machine-off',
    level: 1,
    draw(dice) {
      const node = dice.of(['node4', 'node5']);
      const fault = dice.of([
        ['power-off', 'power-on', 'has no power'],
        ['daemon-stop', 'daemon-start', 'runs no Docker daemon'],
        ['cable-cut', 'cable-mend', 'has lost its network cable'],
      ]);
      return {
        world: { ...usual, services: [web(4)] },
        setup: [`!${fault[0]} ${node}`, 'wait 30'],
        symptom: 'The swarm works, but one machine of five is missing. Bring it back.',
        goals: [{ say: 'All five nodes are ready', check: { nodes: 5, state: 'ready' } }],
        solution: [`!${fault[1]} ${node}`],
        answer: [
          `${node} ${fault[2]}. After three missed heartbeats its node was called Down, and its tasks were made anew elsewhere. From a manager all three look the same; at the machine they do not.`,
        ],
      };
    },
  },
  {
    id: 'label-missing',
    level: 1,
    draw(dice) {
      const name = dice.of(names);
      const label = dice.of(['disk=ssd', 'zone=a', 'memory=large']);
      return {
        world: usual,
        setup: [
          `node1: docker service create -d --name ${name} --replicas 2 --constraint node.labels.${label.replace('=', '==')} redis:7`,
          'wait 5',
        ],
        symptom: `\`${name}\` was deployed, and none of its two tasks has ever run. Nothing has failed, either.`,
        goals: [{ say: `Two tasks of ${name} run`, check: { service: name, running: 2 } }],
        solution: [`node1: docker node update --label-add ${label} node4`],
        answer: [
          `The service may only run on machines with the label \`${label}\`, and none has it. Such tasks stay Pending for ever, and without a word on the screen.`,
          '`docker service ps --no-trunc` tells: no suitable node (scheduling constraints not satisfied on 5 nodes).',
        ],
      };
    },
  },
  {
    id: 'bad-image',
    level: 1,
    draw(dice) {
      const replicas = 3 + dice.below(3);
      return {
        world: { ...usual, services: [web(replicas)] },
        setup: ['wait 3', 'node1: docker service update -d --image nginx-missing:1.28 web', 'wait 25'],
        symptom: `The new version of \`web\` was shipped an hour ago. One of its ${replicas} tasks is gone since, and the others are old.`,
        goals: [
          {
            say: `${replicas} tasks of web run, all of one version`,
            check: {
              all: [
                { service: 'web', running: replicas, image: 'nginx:' },
                { not: { service: 'web', update: 'updating' } },
              ],
            },
          },
        ],
        solution: ['node1: docker service rollback web'],
        answer: [
          'There is no image of that name. The first new task was rejected, and the failure action "pause" stopped the update there: with stop-first one old task was gone already.',
        ],
      };
    },
  },
  {
    id: 'drained',
    level: 2,
    draw(dice) {
      const name = dice.of(names);
      return {
        world: { ...usual },
        setup: [
          'node1: docker node update --availability drain node4',
          'node1: docker node update --availability drain node5',
          `node1: docker service create -d --name ${name} --replicas 3 --constraint node.role==worker nginx:1.26`,
          'wait 5',
        ],
        symptom: `Maintenance is over. \`${name}\` is to run on workers only, and does not run at all.`,
        goals: [{ say: `Three tasks of ${name} run`, check: { service: name, running: 3 } }],
        solution: [
          'node1: docker node update --availability active node4',
          'node1: docker node update --availability active node5',
        ],
        answer: [
          'Both workers are still drained. Managers are left out by the constraint, so no node is left. `docker node ls` shows Drain in the column AVAILABILITY.',
        ],
      };
    },
  },
  {
    id: 'not-refilled',
    level: 2,
    draw(dice) {
      const node = dice.of(['node4', 'node5']);
      return {
        world: { ...usual, services: [web(8)] },
        setup: [
          'wait 4',
          `node1: docker node update --availability drain ${node}`,
          'wait 15',
          `node1: docker node update --availability active ${node}`,
          'wait 20',
        ],
        symptom: `${node} came back from maintenance, and does nothing, while the others are crowded.`,
        goals: [
          {
            say: `${node} has tasks of web again`,
            check: { tasks: 'web', on: node, state: 'running', count: { min: 1 } },
          },
          { say: 'Eight tasks of web run', check: { service: 'web', running: 8 } },
        ],
        solution: ['node1: docker service update --force web'],
        answer: [
          'Nothing is broken. Swarm does not move what runs; new tasks go where there are few. `docker service update --force` makes new ones of all.',
        ],
      };
    },
  },
  {
    id: 'crash-loop',
    level: 2,
    draw(dice) {
      const name = dice.of(['db', 'store', 'ledger']);
      return {
        world: usual,
        setup: [`node1: docker service create -d --name ${name} postgres:15`, 'wait 25'],
        symptom: `\`${name}\` starts, ends, starts, ends. It should stay.`,
        goals: [
          { say: `${name} runs, and has for 8 seconds`, check: { held: { service: name, running: 1 }, seconds: 8 } },
        ],
        hints: [
          {
            when: { typed: 'service ps' },
            say: 'Exit code 1: the program itself has ended. What has it said? docker service logs tells.',
          },
        ],
        solution: [`node1: docker service update --env-add POSTGRES_PASSWORD=secret ${name}`],
        answer: [
          "The image wants a password for its superuser and ends without one. The swarm does what it can: a new task every 5 seconds. Only the program's own words help: `docker service logs`.",
        ],
      };
    },
  },
  {
    id: 'too-large',
    level: 2,
    draw(dice) {
      const name = dice.of(names);
      const [flag, right] = dice.of([
        ['--reserve-memory 500G', '--reserve-memory 200M'],
        ['--reserve-cpu 64', '--reserve-cpu 0.5'],
      ]);
      return {
        world: usual,
        setup: [`node1: docker service create -d --name ${name} --replicas 2 ${flag} nginx:1.26`, 'wait 5'],
        symptom: `\`${name}\` waits for a machine, though five of them stand around idle.`,
        goals: [{ say: `Two tasks of ${name} run`, check: { service: name, running: 2 } }],
        solution: [`node1: docker service update ${right} ${name}`],
        answer: [
          'It reserves more than any machine has: insufficient resources on 5 nodes. Reservations count, whether used or not.',
        ],
      };
    },
  },
  {
    id: 'never-healthy',
    level: 2,
    draw(dice) {
      const name = dice.of(names);
      const path = dice.of(['healthz', 'status', 'ping']);
      return {
        world: usual,
        setup: [
          `node1: docker service create -d --name ${name} --replicas 2 -p 80:80 --health-cmd "curl -f http://localhost/${path}" --health-interval 4s --health-retries 2 nginx:1.26`,
          'wait 30',
        ],
        symptom: `\`${name}\` starts well, its log is clean, and nobody ever gets an answer on port 80.`,
        goals: [{ say: `Two tasks of ${name} run`, check: { held: { service: name, running: 2 }, seconds: 5 } }],
        solution: [`node1: docker service update -d --health-cmd "curl -f http://localhost/" ${name}`],
        answer: [
          `The health check asks for \`/${path}\`, which this server does not have. A task that is not healthy is Starting, is sent nothing, and is replaced in the end.`,
        ],
      };
    },
  },
  {
    id: 'host-ports',
    level: 3,
    draw(dice) {
      const name = dice.of(names);
      const replicas = 6 + dice.below(3);
      return {
        world: usual,
        setup: [
          `node1: docker service create -d --name ${name} --replicas ${replicas} -p mode=host,published=8080,target=80 nginx:1.26`,
          'wait 12',
        ],
        symptom: `Of \`${name}\` five tasks run, never more, and ${replicas} are wanted. Every one of them must run.`,
        goals: [
          { say: `${replicas} tasks of ${name} run`, check: { service: name, running: replicas, desired: replicas } },
        ],
        solution: [
          `node1: docker service update -d --publish-rm mode=host,published=8080,target=80 ${name}`,
          `node1: docker service update -d --publish-add 8080:80 ${name}`,
        ],
        answer: [
          'The port is published with mode=host: each task takes port 8080 of its machine, so each machine can have one. The sixth finds: host-mode port already in use on 5 nodes. Through the mesh there is no such limit.',
        ],
      };
    },
  },
  {
    id: 'data-port-closed',
    level: 3,
    draw(dice) {
      const node = dice.of(['node3', 'node4', 'node5']);
      return {
        world: { ...usual, services: [web(5)] },
        setup: ['wait 4', `!port-close ${node} 4789/udp`, 'wait 5'],
        symptom:
          'Of five requests to port 80 one hangs, always one, whichever machine is asked. All tasks run, all nodes are ready.',
        goals: [{ say: 'No port that the swarm needs is closed', check: { machine: node, ports: 'open' } }],
        solution: [`!port-open ${node} 4789/udp`],
        answer: [
          `${node} takes no VXLAN: port 4789/udp is closed there. Names, balancers and tasks are in order, and whatever is sent to its task through the overlay is lost without a word.`,
        ],
      };
    },
  },
  {
    id: 'quorum-lost',
    level: 3,
    draw(dice) {
      const [one, two] = dice.of([
        ['node1', 'node2'],
        ['node2', 'node3'],
        ['node1', 'node3'],
      ]) as [string, string];
      const fault = dice.of([
        ['power-off', 'power-on'],
        ['daemon-stop', 'daemon-start'],
      ]);
      return {
        world: { ...usual, services: [web(4)], seed: 12 },
        setup: [`!${fault[0]} ${one}`, `!${fault[0]} ${two}`, 'wait 30'],
        symptom: 'The site is up. But every docker command ends in an error, on every machine.',
        goals: [
          { say: 'Somebody leads', check: { leader: 'somebody' } },
          { say: 'Four tasks of web run', check: { service: 'web', running: 4 } },
        ],
        solution: [`!${fault[1]} ${one}`, `!${fault[1]} ${two}`],
        answer: [
          'Two of three managers are gone, and one is no majority: nobody leads, nothing can be changed, nothing is repaired. One of them back is enough. Only if none can ever come back is `docker swarm init --force-new-cluster` the way.',
        ],
      };
    },
  },
  {
    id: 'volume-left-behind',
    level: 3,
    draw() {
      return {
        world: { managers: 1, workers: 2 },
        setup: [
          'node1: docker service create -d --name db -e POSTGRES_PASSWORD=x --mount type=volume,source=data,target=/var/lib/postgresql/data --constraint node.hostname!=node1 --constraint node.hostname!=node3 postgres:15',
          'wait 10',
          'node1: docker service update -d --constraint-rm node.hostname!=node3 db',
          'node1: docker node update --availability drain node2',
          'wait 15',
          'node1: docker node update --availability active node2',
        ],
        symptom:
          'Since the maintenance of node2 the database is empty. Its files have been in a volume all the time. Get the data back.',
        goals: [
          {
            say: 'db runs on node2, where its data are',
            check: { tasks: 'db', on: 'node2', state: 'running', count: 1 },
          },
        ],
        solution: ['node1: docker service update --constraint-add node.hostname==node2 db'],
        answer: [
          'When node2 was drained, the task moved to node3 and found no volume there, so an empty one was made. The old one is still on node2. A service with a local volume belongs to one machine; say so by a constraint.',
        ],
      };
    },
  },
];

/** Kinds of a level, 1 to 3, or of all. */
export function incidentKinds(level?: number): readonly string[] {
  return kinds.filter((kind) => level === undefined || kind.level === level).map(({ id }) => id);
}

/** Numbers below this stand for incidents. */
export const INCIDENTS = 1_000_000;

/** The incident with this number; of one level, or of any. */
export function incident(number: number, level?: number): Lesson {
  const offered = kinds.filter((kind) => level === undefined || kind.level === level);
  const kind = new Dice(number).of(offered);
  return incidentOf(kind.id, number);
}

/** The incident of a kind, as this number draws it. */
export function incidentOf(id: string, number: number): Lesson {
  const kind = kinds.find((each) => each.id === id);
  if (!kind) throw new Error(`no incident: ${id}`);
  const dice = new Dice(number);
  dice.below(1000);
  const { world, setup, symptom, goals, hints, solution, answer } = kind.draw(dice);
  const title = `Incident ${number}`;
  return {
    id: `incident-${number}-${id}`,
    title,
    about: symptom,
    start: lessonStart(title, { seed: 1 + (number % 1000), ...world }),
    setup,
    steps: [
      {
        title: 'Put it right',
        text: [symptom, 'Look around, find what it is, and mend it. Terminals, buttons, whatever you like.'],
        goals,
        ...(hints && { hints }),
        solution,
      },
      { title: 'What it was', text: answer },
    ],
  };
}

/** The number of a day: everybody has the same one. */
export function incidentOfDay(unixMs: number): number {
  const day = Math.floor(unixMs / 86_400_000);
  return new Dice(day).below(INCIDENTS);
}
