/** Consensus: how managers agree, elect, refuse, lose their majority and get it back. Raft, with swarm's timers. */
import type { Chapter } from './lesson.ts';
import { lessonStart, web } from './lesson-start.ts';

export const consensus: Chapter = {
  id: 'consensus',
  title: 'Consensus',
  lessons: [
    {
      id: 'leader-dies',
      title: 'The leader dies',
      about: 'Terms, random timers and votes: how the others find a new leader',
      start: lessonStart('Three managers', { managers: 3, workers: 2, services: [web(4)] }),
      lens: 'raft',
      steps: [
        {
          title: 'Heartbeats',
          text: [
            'The Raft lens shows the three managers in a ring. Once a second the leader tells the others that it is there.',
            'Each follower has a timer, drawn as an arc. A heartbeat puts it back to the start. In swarm a timer runs 10 to 19 seconds; each manager draws its own at random.',
            'The term is a number that counts leaderships. It only ever grows.',
          ],
        },
        {
          title: 'Silence',
          text: [
            'Take the leader away:',
            '[!power-off node1]',
            'No heartbeat comes any more. The timer that runs out first makes its manager a candidate: it raises the term, votes for itself, and asks the others.',
          ],
          predict: {
            question: 'For how long will there be no leader?',
            answers: ['Less than a second', '10 to 19 seconds', 'Until somebody repairs node1'],
            right: 1,
            because:
              'The shorter of the two timers decides. They are random so that rarely both run out at once and split the votes.',
          },
          goals: [
            { say: 'An election has begun', check: { happened: 'raft.election.started' } },
            { say: 'Another manager leads', check: { all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }] } },
          ],
        },
        {
          title: 'The old leader returns',
          text: [
            'Give node1 its power back.',
            '[!power-on node1]',
            'It has on its disk that it was in an older term. The first message of the new leader carries a higher one.',
          ],
          predict: {
            question: 'Who leads when node1 is back?',
            answers: ['node1 again: it was first', 'The new leader stays'],
            right: 1,
            because:
              'A higher term always wins, and nobody has a reason for another election. node1 takes what it has missed and follows.',
          },
          goals: [
            { say: 'node1 is reachable again', check: { node: 'node1', reachability: 'reachable', state: 'ready' } },
            {
              say: 'For 5 seconds it has not led',
              check: {
                held: {
                  all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }, { machine: 'node1', power: true }],
                },
                seconds: 5,
              },
            },
          ],
        },
      ],
    },
    {
      id: 'votes-and-timers',
      title: 'Timers of the paper',
      about: 'The same election with timers of 150 to 300 ms, as Raft was published',
      start: lessonStart('Five managers, timers of the paper', { managers: 5, workers: 0, profile: 'paper', seed: 5 }),
      lens: 'raft',
      steps: [
        {
          title: 'Fast timers',
          text: [
            'The Raft paper proposes timers of 150 to 300 milliseconds. These five managers use them; all the rest is the same code.',
            'Time slows down by itself while there is no leader, so that you can see the ballots.',
            '[!power-off node1]',
          ],
          goals: [
            { say: 'Votes have been given', check: { happened: 'raft.vote', where: { granted: true } } },
            { say: 'Another manager leads', check: { all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }] } },
          ],
        },
        {
          title: 'One vote per term',
          text: [
            'A manager votes once in a term, for the first candidate that asks and whose log is not behind its own. It writes that down before it answers.',
            'A majority of all members is needed: three of five. So no term can have two leaders.',
            'Lose a second one. Three are left, which is just enough.',
            '[!power-off node2]',
          ],
          goals: [
            {
              say: 'node1 and node2 have no power',
              check: {
                all: [
                  { machine: 'node1', power: false },
                  { machine: 'node2', power: false },
                ],
              },
            },
            {
              say: 'Somebody leads, and has for 3 seconds',
              check: { held: { all: [{ leader: 'somebody' }, { not: { leader: 'node2' } }] }, seconds: 3 },
            },
          ],
        },
        {
          title: 'Why swarm is slower',
          text: [
            'Short timers repair quickly, but take a slow disk or a busy network for a dead leader. Each needless election is a moment without decisions.',
            'Swarm beats once a second and waits at least ten. Running containers do not notice: they need no leader to go on.',
          ],
        },
      ],
    },
    {
      id: 'odd-numbers',
      title: 'Why odd numbers',
      about: 'Four managers bear no more losses than three',
      start: lessonStart('Four managers', { managers: 4, workers: 1, seed: 12 }),
      lens: 'raft',
      steps: [
        {
          title: 'The table',
          text: [
            'A decision needs more than half of all managers, the quorum. What is beyond it may be lost.',
            '1 manager: quorum 1, bears the loss of 0.',
            '2 managers: quorum 2, bears 0. · 3: quorum 2, bears 1.',
            '4 managers: quorum 3, bears 1. · 5: quorum 3, bears 2.',
            '6 managers: quorum 4, bears 2. · 7: quorum 4, bears 3.',
            'An even number costs one machine more than the odd number below it, and bears no more.',
          ],
        },
        {
          title: 'Lose two of four',
          text: [
            '[!power-off node3]',
            '[!power-off node4]',
            'Two are left of four. The leader counts who has answered it.',
          ],
          predict: {
            question: 'Can the two that are left still decide?',
            answers: ['Yes, two of four are half', 'No, more than half is needed'],
            right: 1,
            because:
              'Three of four are needed. A leader that has not heard from a majority for about 10 seconds steps down by itself.',
          },
          goals: [
            {
              say: 'Two managers have no power',
              check: {
                all: [
                  { machine: 'node3', power: false },
                  { machine: 'node4', power: false },
                ],
              },
            },
            { say: 'Nobody leads', check: { leader: 'nobody' } },
          ],
        },
        {
          title: 'One comes back',
          text: ['[!power-on node3]', 'Three of four: a majority again.'],
          goals: [{ say: 'Somebody leads', check: { leader: 'somebody' } }],
        },
      ],
    },
    {
      id: 'split-brain',
      title: 'No split brain',
      about: 'The leader is cut off from the others: two halves, one truth',
      start: lessonStart('Three managers', { managers: 3, workers: 2, services: [web(4)] }),
      lens: 'raft',
      steps: [
        {
          title: 'Cut the leader off',
          text: [
            'node1 leads. Pull its cable: it runs on, but hears nobody.',
            '[!cable-cut node1]',
            'For a while both sides have a leader. Only one of them can decide anything.',
          ],
          predict: {
            question: 'A command given to node1 now: can it take effect?',
            answers: ['Yes, node1 is the leader', 'No: it cannot get a majority'],
            right: 1,
            because: 'A change counts when a majority has it on disk. Alone, node1 gets no majority, and steps down.',
          },
          goals: [
            {
              say: 'The other side has a leader',
              check: { all: [{ leader: 'somebody' }, { not: { leader: 'node1' } }] },
            },
          ],
        },
        {
          title: 'The side with the majority goes on',
          text: ['Change something on that side:', '[node2: docker service scale -d web=6]'],
          goals: [{ say: 'web is to have six tasks', check: { service: 'web', desired: 6 } }],
          hints: [
            {
              when: { asked: 'POST /services', on: 'node1' },
              say: 'node1 is cut off and cannot change anything. Ask node2 or node3.',
            },
          ],
        },
        {
          title: 'Whole again',
          text: ['[!cable-mend node1]', 'node1 hears of a higher term, follows, and is sent what it has missed.'],
          goals: [
            {
              say: 'node1 is reachable and does not lead',
              check: { all: [{ node: 'node1', reachability: 'reachable' }, { not: { leader: 'node1' } }] },
            },
            { say: 'Six tasks of web run', check: { service: 'web', running: 6 } },
          ],
        },
      ],
    },
    {
      id: 'quorum-lost',
      title: 'Quorum lost, and repaired',
      about: 'Two of three managers are gone for good: force-new-cluster',
      start: lessonStart('Three managers', { managers: 3, workers: 2, services: [web(4)] }),
      steps: [
        {
          title: 'Two managers are gone',
          text: ['[!power-off node2]', '[!power-off node3]', 'One of three is no majority.'],
          predict: {
            question: 'What happens to the web server?',
            answers: ['It stops: nobody leads', 'It goes on; only nothing can be changed'],
            right: 1,
            because: 'Containers belong to their machines, not to the leader. But nothing that breaks now is repaired.',
          },
          goals: [
            { say: 'Nobody leads', check: { leader: 'nobody' } },
            {
              say: 'node2 and node3 have no power',
              check: {
                all: [
                  { machine: 'node2', power: false },
                  { machine: 'node3', power: false },
                ],
              },
            },
          ],
        },
        {
          title: 'What works and what does not',
          text: [
            'Ask the web server, and ask the swarm:',
            '[node4: curl -s -o /dev/null -w "%{http_code}\\n" localhost]',
            '[node1: docker node ls]',
            'Without a leader a manager does not even answer questions: it could be wrong.',
          ],
          goals: [
            { say: 'web has answered', check: { happened: 'packet.answered' } },
            { say: 'You have asked the swarm', check: { typed: 'docker node ls' } },
          ],
        },
        {
          title: 'A new beginning',
          text: [
            "If the other two will never come back, the one that is left may go on alone with what it knows. That is said with force, because it forgets the others' votes:",
            '[node1: docker swarm init --force-new-cluster --advertise-addr 192.168.99.101]',
            'Services, tasks, networks and secrets stay.',
          ],
          goals: [
            { say: 'node1 leads a swarm with one manager', check: { all: [{ leader: 'node1' }, { managers: 1 }] } },
            { say: 'Four tasks of web run', check: { service: 'web', running: 4 } },
          ],
          hints: [
            {
              when: { all: [{ leader: 'somebody' }, { managers: { min: 2 } }] },
              say: 'A manager came back and there is a majority: that repairs it, too. Cut its power again to practise the other way.',
            },
          ],
        },
        {
          title: 'Never one again',
          text: [
            'One manager is where this began. Make managers of the two workers:',
            '[node1: docker node promote node4 node5]',
          ],
          goals: [{ say: 'Three managers', check: { managers: 3 } }],
        },
      ],
    },
  ],
};
