/** Why a swarm: what one machine cannot do, who is who in a swarm, how one is made, and which ports it needs. */
import type { Chapter } from './lesson.ts';
import { lessonStart, web } from './lesson-start.ts';

export const whyASwarm: Chapter = {
  id: 'why',
  title: 'Why a swarm',
  lessons: [
    {
      id: 'one-machine',
      title: 'One machine is not enough',
      about: 'A container on a single host, and everything that can happen to it',
      start: lessonStart('Two single hosts', { blank: 2 }),
      steps: [
        {
          title: 'A web server on one host',
          text: [
            'These are two hosts with Docker on them. They know nothing of each other.',
            'Start a web server on the first one:',
            '[node1: docker run -d --name web -p 8080:80 nginx:1.26]',
            'The other host can reach it by its address:',
            '[node2: curl 192.168.99.101:8080]',
          ],
          goals: [
            { say: 'A container named web runs on node1', check: { machine: 'node1', container: 'web' } },
            { say: 'node2 has asked it for a page', check: { happened: 'packet.answered', on: 'node2' } },
          ],
          hints: [
            {
              when: {
                all: [{ happened: 'input.connection', on: 'node2' }, { not: { machine: 'node1', container: 'web' } }],
              },
              say: 'Nobody listens on node1 yet: start the container first.',
            },
          ],
        },
        {
          title: 'The process ends',
          text: [
            'Programs crash. Make this one end:',
            '[node1: docker kill web]',
            'Then let some time pass and look.',
            '[wait 20]',
            '[node1: docker ps -a]',
          ],
          predict: {
            question: 'Twenty seconds later, is there a web server again?',
            answers: ['Yes, Docker starts it again', 'No, it stays as it is'],
            right: 1,
            because:
              'A plain `docker run` has the restart policy "no". A policy would help against a crash, but not against what comes next.',
          },
          goals: [
            { say: 'The container has ended', check: { happened: 'container.exited', on: 'node1' } },
            {
              say: 'Nothing has taken its place for 15 seconds',
              check: { held: { not: { machine: 'node1', container: 'web' } }, seconds: 15 },
            },
          ],
        },
        {
          title: 'The machine ends',
          text: [
            'Start it again, and then take the power away from the whole machine.',
            '[node1: docker start web]',
            '[!power-off node1]',
            '[node2: curl -m 5 192.168.99.101:8080]',
          ],
          goals: [
            { say: 'node1 has no power', check: { machine: 'node1', power: false } },
            { say: 'node2 has asked in vain', check: { happened: 'input.connection', on: 'node2' } },
          ],
        },
        {
          title: 'What is missing',
          text: [
            'Somebody has to notice that a container or a machine is gone, and to start another one elsewhere.',
            'Somebody has to know how many copies there should be, and on which machines they run.',
            'And whoever asks for the page should not have to know any of this.',
            'That is what a swarm does. It joins machines into one, and keeps what you have asked for true.',
          ],
        },
      ],
    },
    {
      id: 'who-is-who',
      title: 'Managers, workers, services, tasks',
      about: 'A running swarm, looked at from its own terminal, and one machine less',
      start: lessonStart('A running swarm', { managers: 3, workers: 2, services: [web(6)] }),
      steps: [
        {
          title: 'Nodes',
          text: [
            'Each machine of a swarm is a node. Managers decide; workers only run what they are given. Managers run containers, too, unless you tell them not to.',
            '[node1: docker node ls]',
            'The column `MANAGER STATUS` is empty for workers. One manager is the `Leader`: it takes all decisions.',
          ],
          goals: [{ say: 'You have listed the nodes', check: { typed: 'docker node ls' } }],
          hints: [
            {
              when: {
                any: [
                  { typed: 'docker node ls', on: 'node4' },
                  { typed: 'docker node ls', on: 'node5' },
                ],
              },
              say: 'That is a worker. Only managers can tell about the swarm.',
            },
          ],
        },
        {
          title: 'A service and its tasks',
          text: [
            'A service says what should run: an image, and how many copies. Each copy is a task: one container on one node.',
            '[node1: docker service ls]',
            '[node1: docker service ps web]',
            'On the stage each task is a small square with its number, the slot.',
          ],
          goals: [
            { say: 'You have listed the services', check: { typed: 'docker service ls' } },
            { say: 'You have listed the tasks of web', check: { typed: 'docker (service|node|stack) ps' } },
          ],
        },
        {
          title: 'A machine dies',
          text: [
            'You have said: six copies. Take a machine away and watch who keeps that promise.',
            '[!power-off node5]',
            'The managers wait for three missed heartbeats of about 5 seconds before they call a node `Down`. Then its tasks get new places.',
          ],
          predict: {
            question: 'How many tasks of web will run a minute from now?',
            answers: ['Fewer than six: that machine is gone', 'Six, all of them on the other four machines'],
            right: 1,
            because: 'The service asks for six. The orchestrator made new tasks, and the scheduler found them nodes.',
          },
          goals: [
            { say: 'node5 is known to be down', check: { node: 'node5', state: 'down' } },
            {
              say: 'Six tasks run, none of them on node5',
              check: {
                all: [
                  { service: 'web', running: 6 },
                  { tasks: 'web', on: 'node5', count: 0 },
                ],
              },
            },
          ],
        },
      ],
    },
    {
      id: 'init-and-join',
      title: 'From blank hosts to a swarm',
      about: 'swarm init, the two tokens, and five machines that become one',
      start: lessonStart('Blank hosts', { blank: 5 }),
      steps: [
        {
          title: 'The first manager',
          text: [
            'A swarm begins with one machine. The address is the one by which the others will reach it.',
            '[node1: docker swarm init --advertise-addr 192.168.99.101]',
          ],
          goals: [{ say: 'node1 leads a swarm of one', check: { all: [{ leader: 'node1' }, { managers: 1 }] } }],
          hints: [
            {
              when: { all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }] },
              say: 'This swarm has begun on another machine. Go back, or leave it there with docker swarm leave --force.',
            },
          ],
        },
        {
          title: 'Two tokens',
          text: [
            'Whoever knows a token may join. There are two: one makes workers, the other makes managers.',
            '[node1: docker swarm join-token worker]',
            '[node1: docker swarm join-token manager]',
            "Both begin with `SWMTKN-1-` and the fingerprint of the swarm's own certificate authority, so that a joining node knows it has the right one. Only the last part differs.",
          ],
          goals: [{ say: 'You have asked for a token', check: { typed: 'docker swarm join-token' } }],
        },
        {
          title: 'Workers join',
          text: [
            'Run the command that was printed on each machine that is to join.',
            '[node4: docker swarm join --token {{worker-token}} 192.168.99.101:2377]',
            '[node5: docker swarm join --token {{worker-token}} 192.168.99.101:2377]',
          ],
          goals: [{ say: 'Two workers are ready', check: { nodes: 2, role: 'worker', state: 'ready' } }],
          hints: [
            {
              when: { managers: { min: 2 } },
              say: 'That was the token for managers. docker node demote makes a worker of it.',
            },
          ],
        },
        {
          title: 'More managers',
          text: [
            'With one manager, all knowledge is on one machine. Three managers can lose one of them.',
            '[node2: docker swarm join --token {{manager-token}} 192.168.99.101:2377]',
            '[node3: docker swarm join --token {{manager-token}} 192.168.99.101:2377]',
            'Each one gets a copy of everything, and keeps it up to date.',
          ],
          goals: [
            { say: 'Three managers', check: { managers: 3 } },
            { say: 'Five nodes are ready', check: { nodes: 5, state: 'ready' } },
          ],
          hints: [
            {
              when: { all: [{ managers: 2 }, { nodes: { min: 5 } }] },
              say: 'One of them has joined as a worker. docker node promote makes a manager of it.',
            },
          ],
        },
      ],
    },
    {
      id: 'ports',
      title: 'Three ports',
      about: '2377, 7946 and 4789: what each is for, and what breaks when it is closed',
      start: lessonStart('Ports', { managers: 1, workers: 1, blank: 1, services: [web(2)] }),
      setup: ['wait 12'],
      steps: [
        {
          title: '4789/udp: the data',
          text: [
            'What containers send each other from machine to machine travels in VXLAN, over port 4789. Each of the first two machines runs one task of web.',
            '[!port-close node2 4789/udp]',
            'Ask node1 four times. Its balancer takes turns:',
            '[node1: for i in 1 2 3 4; do curl -s -m 2 -o /dev/null -w "%{http_code}\\n" localhost; done]',
          ],
          predict: {
            question: 'What do the four requests get?',
            answers: ['Four answers', 'Two answers; the others wait in vain', 'None: the port is refused'],
            right: 1,
            because:
              'Names, addresses and the balancer are all in order; only packets to the other machine vanish. Such faults look like bad luck.',
          },
          goals: [
            { say: 'A task on the same machine has answered', check: { happened: 'packet.answered', on: 'node1' } },
            {
              say: 'A packet to node2 has been lost',
              check: { happened: 'net.dropped', where: { message: 'packet.vxlan' } },
            },
          ],
        },
        {
          title: '7946: gossip',
          text: [
            'Nodes tell each other where containers are by gossip, on port 7946, tcp and udp. Managers do not need it to give orders: a node without it is `Ready`, and its tasks run.',
            'But the others do not learn of these tasks, so nobody sends them anything. If `docker node ls` looks well and a service is half there, look at 7946.',
            'Put things right before you go on:',
            '[!port-open node2 4789/udp]',
            '[node1: for i in 1 2 3 4; do curl -s -m 2 -o /dev/null -w "%{http_code}\\n" localhost; done]',
          ],
          goals: [{ say: 'Two different tasks have answered', check: { answerers: { min: 2 } } }],
        },
        {
          title: '2377/tcp: the managers',
          text: [
            'Every node talks to the managers on port 2377: to join, to get work, to say that it is alive. Close it, and try to join with a third machine:',
            '[!port-close node1 2377/tcp]',
            '[node3: docker swarm join --token {{worker-token}} 192.168.99.101:2377]',
            'The client gives up after 20 seconds.',
          ],
          goals: [
            { say: 'node3 has tried to join', check: { asked: 'POST /swarm/join', on: 'node3' } },
            {
              say: 'For 20 seconds it has been in no swarm',
              check: {
                held: {
                  all: [
                    { not: { machine: 'node3', swarm: 'active' } },
                    { ever: { machine: 'node3', swarm: 'pending' } },
                  ],
                },
                seconds: 20,
              },
            },
          ],
          solution: [
            '!port-close node1 2377/tcp',
            'node3: docker swarm join --token {{worker-token}} 192.168.99.101:2377',
            'wait 25',
          ],
        },
        {
          title: 'Open it again',
          text: [
            'The daemon of node3 has not given up: it goes on trying. And node2, unheard of meanwhile, has been called Down: its task has got a twin elsewhere. Now that it is back, the original is stopped.',
            '[!port-open node1 2377/tcp]',
          ],
          goals: [{ say: 'Three nodes are ready', check: { nodes: 3, state: 'ready' } }],
        },
      ],
    },
  ],
};
