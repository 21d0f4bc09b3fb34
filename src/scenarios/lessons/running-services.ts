/** Running services: create, scale, spread, heal, place, drain, promote. */
import type { Chapter } from './lesson.ts';
import { lessonStart, web } from './lesson-start.ts';

export const runningServices: Chapter = {
  id: 'services',
  title: 'Running services',
  lessons: [
    {
      id: 'create-and-scale',
      title: 'Create, scale, spread',
      about: 'Say how many; the swarm finds the places',
      start: lessonStart('An empty swarm', { managers: 3, workers: 2 }),
      steps: [
        {
          title: 'A service',
          text: [
            'You do not start containers; you say what should run.',
            '[node1: docker service create --name web --replicas 3 nginx:1.26]',
            'The command waits until the tasks have run for five seconds.',
          ],
          goals: [{ say: 'Three tasks of web run', check: { service: 'web', running: 3, desired: 3 } }],
          hints: [
            {
              when: { all: [{ service: 'web' }, { not: { service: 'web', desired: 3 } }] },
              say: 'There is a service web, with another number of tasks: docker service scale web=3.',
            },
          ],
        },
        {
          title: 'More of it',
          text: [
            '[node1: docker service scale web=5]',
            'The scheduler prefers nodes with the fewest tasks of this service, then those with the fewest tasks in all.',
          ],
          predict: {
            question: 'Five tasks, five machines. Where do they run?',
            answers: ['All on the workers', 'One on each machine, managers too', 'Wherever there is most memory'],
            right: 1,
            because:
              'Managers are nodes like others unless you drain them. Free memory does not count, only numbers of tasks.',
          },
          goals: [
            { say: 'Five tasks run', check: { service: 'web', running: 5 } },
            { say: 'They are on five machines', check: { spread: 'web', machines: 5 } },
          ],
        },
        {
          title: 'Less of it',
          text: ['[node1: docker service scale web=2]'],
          goals: [{ say: 'Two tasks are wanted and run', check: { service: 'web', desired: 2, running: 2 } }],
        },
        {
          title: 'And away',
          text: [
            '[node1: docker service rm web]',
            'The service is gone at once; its containers get ten seconds to end.',
          ],
          goals: [{ say: 'There is no service web', check: { service: 'web', desired: 0 } }],
        },
      ],
    },
    {
      id: 'self-healing',
      title: 'It heals itself',
      about: 'A container dies, a machine dies; the number stays',
      start: lessonStart('A running swarm', { managers: 3, workers: 2, services: [web(5)] }),
      steps: [
        {
          title: 'A container dies',
          text: [
            "Kill the container on node4, behind the swarm's back:",
            '[node4: docker kill $(docker ps -q)]',
            'Its task has failed. A new task takes its slot, 5 seconds later: that is the restart delay.',
          ],
          goals: [
            {
              say: 'A container has ended with code 137',
              check: { happened: 'container.exited', where: { exitCode: 137 } },
            },
            {
              say: 'Five tasks run',
              check: { all: [{ service: 'web', running: 5 }, { happened: 'container.started' }] },
            },
          ],
        },
        {
          title: 'What was, is kept',
          text: [
            '[node1: docker service ps web]',
            'Failed tasks stay in the list as history: up to five per slot, with the one that runs.',
          ],
          goals: [{ say: 'You have listed the tasks', check: { typed: 'docker (service|node|stack) ps' } }],
        },
        {
          title: 'A machine dies',
          text: ['[!power-off node4]', 'This takes longer: a machine that is silent may only be slow.'],
          predict: {
            question: 'After about how many seconds do the managers call node4 Down?',
            answers: ['About 1', 'About 15', 'About 60'],
            right: 1,
            because: 'Heartbeats come every 5 seconds, give or take half of one; three missed ones make a node Down.',
          },
          goals: [
            { say: 'node4 is down', check: { node: 'node4', state: 'down' } },
            {
              say: 'Five tasks run elsewhere',
              check: {
                all: [
                  { service: 'web', running: 5 },
                  { tasks: 'web', on: 'node4', count: 0 },
                ],
              },
            },
          ],
        },
      ],
    },
    {
      id: 'no-rebalancing',
      title: 'It does not rebalance',
      about: 'A machine returns and stays empty, until you say force',
      start: lessonStart('A machine was away', { managers: 3, workers: 2, services: [web(6)] }),
      setup: ['!power-off node5', 'wait 45'],
      steps: [
        {
          title: 'The machine returns',
          text: [
            'node5 was without power. Its tasks are on the others now. Give it power:',
            '[!power-on node5]',
            'Wait and see what comes back.',
            '[wait 25]',
          ],
          predict: {
            question: 'Will tasks move back to node5?',
            answers: ['Yes, to spread the load', 'No: what runs well is left alone'],
            right: 1,
            because: 'Moving a task means stopping it. Swarm never does that just for balance.',
          },
          goals: [
            { say: 'node5 is ready', check: { node: 'node5', state: 'ready' } },
            {
              say: 'For 20 seconds no task has come to it',
              check: {
                held: {
                  all: [
                    { node: 'node5', state: 'ready' },
                    { tasks: 'web', on: 'node5', count: 0 },
                  ],
                },
                seconds: 20,
              },
            },
          ],
        },
        {
          title: 'By force',
          text: [
            'An update that changes nothing, with force, replaces each task by a new one, and new tasks go where there are few:',
            '[node1: docker service update --force web]',
          ],
          goals: [
            { say: 'node5 has a task of web again', check: { tasks: 'web', on: 'node5', count: { min: 1 } } },
            { say: 'The update is completed', check: { service: 'web', update: 'completed', running: 6 } },
          ],
        },
      ],
    },
    {
      id: 'global-and-labels',
      title: 'Everywhere, or only here',
      about: 'Global services, labels and constraints',
      start: lessonStart('An empty swarm', { managers: 3, workers: 2 }),
      steps: [
        {
          title: 'One on each node',
          text: [
            'A collector of logs or metrics belongs on every machine, once. That is a global service:',
            '[node1: docker service create --name metrics --mode global prom/node-exporter]',
          ],
          goals: [
            {
              say: 'metrics runs on all five machines',
              check: {
                all: [
                  { service: 'metrics', mode: 'global' },
                  { spread: 'metrics', machines: 5 },
                ],
              },
            },
          ],
          hints: [
            {
              when: { service: 'metrics', mode: 'replicated' },
              say: 'This one is replicated. A mode cannot be changed: remove the service and create it with --mode global.',
            },
          ],
        },
        {
          title: 'Labels',
          text: [
            'Two machines have fast disks. Say so with labels:',
            '[node1: docker node update --label-add disk=ssd node4]',
            '[node1: docker node update --label-add disk=ssd node5]',
          ],
          goals: [
            {
              say: 'node4 and node5 are labelled disk=ssd',
              check: {
                all: [
                  { node: 'node4', label: ['disk', 'ssd'] },
                  { node: 'node5', label: ['disk', 'ssd'] },
                ],
              },
            },
          ],
        },
        {
          title: 'A constraint',
          text: ['[node1: docker service create --name db --replicas 4 --constraint node.labels.disk==ssd redis:7]'],
          goals: [
            { say: 'Four tasks of db run', check: { service: 'db', running: 4 } },
            {
              say: 'All of them are on the two machines',
              check: {
                all: [
                  { spread: 'db', machines: 2 },
                  { tasks: 'db', on: 'node4', count: 2 },
                ],
              },
            },
          ],
          hints: [
            {
              when: { tasks: 'db', err: 'scheduling constraints not satisfied', count: { min: 1 } },
              say: 'No node fits the constraint, so the tasks stay pending. Keys and values must be spelled as in the label.',
            },
          ],
        },
        {
          title: 'What fits nowhere',
          text: [
            'Ask for what no machine has:',
            '[node1: docker service create -d --name gpu --constraint node.labels.gpu==yes redis:7]',
            '[node1: docker service ps --no-trunc gpu]',
            'It is not refused. The task waits, and says why. Give a machine the label and it goes on at once:',
            '[node1: docker node update --label-add gpu=yes node4]',
          ],
          goals: [
            {
              say: 'The task has waited for a node',
              check: { ever: { tasks: 'gpu', err: 'no suitable node', count: 1 } },
            },
            { say: 'It runs', check: { service: 'gpu', running: 1 } },
          ],
          solution: [
            'node1: docker service create -d --name gpu --constraint node.labels.gpu==yes redis:7',
            'wait 3',
            'node1: docker service ps --no-trunc gpu',
            'node1: docker node update --label-add gpu=yes node4',
          ],
        },
      ],
    },
    {
      id: 'drain',
      title: 'Maintenance',
      about: 'Drain a machine, work on it, take it back',
      start: lessonStart('A running swarm', { managers: 3, workers: 2, services: [web(5)] }),
      steps: [
        {
          title: 'Drain',
          text: [
            'node4 needs a new disk. Before you switch it off, ask its tasks to leave:',
            '[node1: docker node update --availability drain node4]',
            'Each task is first taken out of the balancers, then stopped; its successor starts when it has ended.',
          ],
          goals: [
            { say: 'node4 is drained', check: { node: 'node4', availability: 'drain' } },
            {
              say: 'No task of web is on it; five run',
              check: {
                all: [
                  { tasks: 'web', on: 'node4', count: 0 },
                  { service: 'web', running: 5 },
                ],
              },
            },
          ],
        },
        {
          title: 'Work on it',
          text: ['Now nobody minds if it is off:', '[!power-off node4]', '[wait 20]', '[!power-on node4]'],
          goals: [
            {
              say: 'node4 was off, and is ready again',
              check: {
                all: [
                  { happened: 'machine.power-off', on: 'node4' },
                  { happened: 'machine.power-on', on: 'node4' },
                  { node: 'node4', state: 'ready' },
                ],
              },
            },
            { say: 'All the time, at least five tasks ran', check: { available: 'web', atLeast: 5 } },
          ],
        },
        {
          title: 'Take it back',
          text: [
            '[node1: docker node update --availability active node4]',
            'It is offered to the scheduler again. As always nothing moves by itself: what is new goes there.',
            '[node1: docker service scale web=6]',
          ],
          goals: [
            { say: 'node4 is active', check: { node: 'node4', availability: 'active' } },
            {
              say: 'A new task of web runs there',
              check: { tasks: 'web', on: 'node4', state: 'running', count: { min: 1 } },
            },
          ],
        },
      ],
    },
    {
      id: 'promote-demote',
      title: 'Promote and demote',
      about: 'Roles change while everything runs',
      start: lessonStart('Three managers, two workers', { managers: 3, workers: 2, services: [web(4)] }),
      steps: [
        {
          title: 'Two more managers',
          text: [
            '[node1: docker node promote node4 node5]',
            'Each one gets a new certificate, starts a manager, and joins the Raft group.',
          ],
          goals: [
            { say: 'Five managers', check: { managers: 5 } },
            { say: 'web was never touched: four tasks all the time', check: { available: 'web', atLeast: 4 } },
          ],
        },
        {
          title: 'The leader retires',
          text: [
            'Demote the leader itself:',
            '[node2: docker node demote node1]',
            'It cannot remove itself. It hands the leadership over first, and the next leader removes it.',
          ],
          goals: [
            { say: 'node1 is a worker', check: { node: 'node1', role: 'worker' } },
            { say: 'Another manager leads', check: { all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }] } },
            { say: 'Four managers', check: { managers: 4 } },
          ],
        },
        {
          title: 'An odd number',
          text: ['Four bear no more than three. Demote one more:', '[node2: docker node demote node5]'],
          goals: [
            { say: 'Three managers, one of them leads', check: { all: [{ managers: 3 }, { leader: 'somebody' }] } },
          ],
        },
      ],
    },
  ],
};
