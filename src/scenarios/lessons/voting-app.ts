/** The voting app: five services, two networks, one volume; first designed by hand, then as a stack that survives. */
import type { Chapter } from './lesson.ts';
import { lessonStart } from './lesson-start.ts';

const stack = `services:
  vote:
    image: bretfisher/examplevotingapp_vote
    ports:
      - "80:80"
    networks:
      - frontend
    deploy:
      replicas: 2
  redis:
    image: redis:3.2
    networks:
      - frontend
  worker:
    image: bretfisher/examplevotingapp_worker:java
    networks:
      - frontend
      - backend
  db:
    image: postgres:9.4
    environment:
      POSTGRES_HOST_AUTH_METHOD: trust
    volumes:
      - db-data:/var/lib/postgresql/data
    networks:
      - backend
  result:
    image: bretfisher/examplevotingapp_result
    ports:
      - "5001:80"
    networks:
      - backend
networks:
  frontend:
  backend:
volumes:
  db-data:
`;

export const votingApp: Chapter = {
  id: 'voting',
  title: 'The voting app',
  lessons: [
    {
      id: 'voting-by-hand',
      title: 'Design it yourself',
      about: 'Two networks, a volume, five services, one at a time',
      start: lessonStart('An empty swarm', { managers: 3, workers: 0 }),
      steps: [
        {
          title: 'The plan',
          text: [
            '`vote` takes votes and puts them into `redis`. `worker` takes them out and writes them into `db`. `result` reads `db` and shows the count.',
            'Who has to talk to whom? `vote`, `redis` and `worker` on one side; `worker`, `db` and `result` on the other. Two networks; only the worker is in both.',
            '[node1: docker network create -d overlay frontend]',
            '[node1: docker network create -d overlay backend]',
          ],
          goals: [
            {
              say: 'There are the networks frontend and backend',
              check: {
                all: [
                  { happened: 'network.created', where: { name: 'frontend' } },
                  { happened: 'network.created', where: { name: 'backend' } },
                ],
              },
            },
          ],
        },
        {
          title: 'In front',
          text: [
            'The names matter: the programs look for `redis` and `db`.',
            '[node1: docker service create --name vote -p 80:80 --network frontend --replicas 2 bretfisher/examplevotingapp_vote]',
            '[node1: docker service create --name redis --network frontend redis:3.2]',
          ],
          goals: [
            { say: 'vote runs twice, on port 80', check: { service: 'vote', running: 2, port: 80 } },
            { say: 'redis runs', check: { service: 'redis', running: 1 } },
          ],
        },
        {
          title: 'Behind',
          text: [
            '[node1: docker service create --name db --network backend -e POSTGRES_HOST_AUTH_METHOD=trust --mount type=volume,source=db-data,target=/var/lib/postgresql/data postgres:9.4]',
            '[node1: docker service create --name worker --network frontend --network backend bretfisher/examplevotingapp_worker:java]',
            '[node1: docker service create --name result --network backend -p 5001:80 bretfisher/examplevotingapp_result]',
          ],
          goals: [
            { say: 'db runs and has a volume', check: { all: [{ service: 'db', running: 1 }, { volume: 'db-data' }] } },
            {
              say: 'worker and result run',
              check: {
                all: [
                  { service: 'worker', running: 1 },
                  { service: 'result', running: 1, port: 5001 },
                ],
              },
            },
          ],
          hints: [
            {
              when: { happened: 'container.exited', where: { exitCode: 1 } },
              say: 'Something ends by itself. docker service logs tells what it misses: a name it cannot find is a network too few.',
            },
          ],
        },
        {
          title: 'Vote',
          text: [
            'Open `http://node1/` in the Browser tab and vote, then look at `http://node1:5001/`. Or from the terminal:',
            '[node1: curl -s -o /dev/null -w "%{http_code}\\n" -d vote=a localhost]',
            '[node1: curl -s -o /dev/null -w "%{http_code}\\n" localhost:5001]',
            'A vote takes four hops over two networks before it is counted. Watch it in the Network lens.',
          ],
          goals: [{ say: 'vote and result have both answered', check: { answerers: { min: 2 } } }],
        },
      ],
    },
    {
      id: 'voting-stack',
      title: 'The same as a stack, and a bad day',
      about: 'Deploy it from a file; then lose the worker, and a machine',
      start: lessonStart('The voting app as a file', { managers: 3, workers: 2, files: { 'voting.yml': stack } }),
      steps: [
        {
          title: 'Deploy',
          text: [
            '[node1: docker stack deploy -c voting.yml app]',
            '[node1: docker stack services app]',
            'Its networks give each service its short name, too: `redis` still finds `app_redis`.',
          ],
          goals: [
            {
              say: 'All five services run',
              check: {
                all: [
                  { service: 'app_vote', running: 2 },
                  { service: 'app_redis', running: 1 },
                  { service: 'app_worker', running: 1 },
                  { service: 'app_db', running: 1 },
                  { service: 'app_result', running: 1 },
                ],
              },
            },
          ],
        },
        {
          title: 'More voters',
          text: ['[node1: docker service scale app_vote=5]'],
          goals: [
            {
              say: 'app_vote runs on five machines',
              check: {
                all: [
                  { service: 'app_vote', running: 5 },
                  { spread: 'app_vote', machines: 5 },
                ],
              },
            },
          ],
        },
        {
          title: 'A machine less',
          text: ['[!power-off node5]'],
          predict: {
            question: 'Whatever ran on node5: what comes back by itself?',
            answers: ['Only what has more than one replica', 'Everything, but a volume of that machine stays behind'],
            right: 1,
            because: 'Tasks are made anew elsewhere. Data in a local volume wait for their machine.',
          },
          goals: [
            { say: 'node5 is down', check: { node: 'node5', state: 'down' } },
            {
              say: 'All five services run in full',
              check: {
                all: [
                  { service: 'app_vote', running: 5 },
                  { service: 'app_redis', running: 1 },
                  { service: 'app_worker', running: 1 },
                  { service: 'app_db', running: 1 },
                  { service: 'app_result', running: 1 },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};
