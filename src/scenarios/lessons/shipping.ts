/** Shipping: stacks, updates that keep serving, rollback, health, secrets and configs, volumes, images of one's own. */
import type { Chapter } from './lesson.ts';
import { lessonStart, web } from './lesson-start.ts';

const blog = `services:
  front:
    image: nginx:1.26
    ports:
      - "80:80"
    networks:
      - pages
    deploy:
      replicas: 3
  cache:
    image: redis:7
    networks:
      - pages
networks:
  pages:
`;

const fromCompose = `services:
  web:
    build: .
    image: registry.example.com/team/web:1.0
    container_name: web
    depends_on:
      - db
    ports:
      - "8080:80"
  db:
    image: postgres:15
    environment:
      POSTGRES_PASSWORD: secret
`;

export const shipping: Chapter = {
  id: 'shipping',
  title: 'Shipping',
  lessons: [
    {
      id: 'stack',
      title: 'A stack from a file',
      about: 'Describe all services in one file, deploy it, change it, deploy it again',
      start: lessonStart('A file in the home of node1', { managers: 3, workers: 2, files: { 'blog.yml': blog } }),
      steps: [
        {
          title: 'Read it',
          text: [
            'A file says what a whole application is made of:',
            '[node1: cat blog.yml]',
            'It is a compose file. What only a swarm can do stands under `deploy`.',
          ],
          goals: [{ say: 'You have looked at the file', check: { typed: 'blog\\.yml' } }],
        },
        {
          title: 'Deploy it',
          text: [
            '[node1: docker stack deploy -c blog.yml blog]',
            'The name of the stack goes before each name: `blog_front`, `blog_cache`, `blog_pages`.',
          ],
          goals: [
            { say: 'blog_front runs three times', check: { service: 'blog_front', running: 3 } },
            { say: 'blog_cache runs', check: { service: 'blog_cache', running: 1 } },
          ],
        },
        {
          title: 'Change the file',
          text: [
            'The file is the truth; change it there. Five copies instead of three:',
            '[node1: sed -i "s/replicas: 3/replicas: 5/" blog.yml]',
            '[node1: docker stack deploy -c blog.yml blog]',
            'Deploying again changes only what is different.',
          ],
          goals: [
            { say: 'blog_front runs five times', check: { service: 'blog_front', running: 5 } },
            { say: 'The cache was never touched', check: { available: 'blog_cache', atLeast: 1 } },
          ],
        },
        {
          title: 'All away',
          text: ['[node1: docker stack rm blog]'],
          goals: [
            {
              say: 'No service is left',
              check: {
                all: [
                  { service: 'blog_front', desired: 0 },
                  { service: 'blog_cache', desired: 0 },
                ],
              },
            },
          ],
        },
      ],
    },
    {
      id: 'compose-to-stack',
      title: 'From compose to a stack',
      about: 'What a swarm ignores: build, depends_on, container_name',
      start: lessonStart('A file for docker compose', { managers: 1, workers: 2, files: { 'app.yml': fromCompose } }),
      steps: [
        {
          title: 'Deploy it as it is',
          text: [
            'This file was written for one machine:',
            '[node1: cat app.yml]',
            '[node1: docker stack deploy -c app.yml app]',
            'Read what is printed before the services: some words are ignored.',
          ],
          goals: [{ say: 'The stack is deployed', check: { service: 'app_web', running: 1 } }],
        },
        {
          title: 'Three words that mean nothing here',
          text: [
            '`build`: a swarm builds nothing. Its machines fetch images from a registry, so the image must be pushed there first.',
            '`container_name`: there may be many containers of a service; each gets a name of its own.',
            '`depends_on`: all services start at once, and any of them can be restarted at any time. Who needs a database has to wait for it, and to bear that it goes: try again, or start with a script such as `wait-for-it`.',
            'Take the three out, and deploy again:',
            '[node1: sed -i "/build:/d; /container_name:/d; /depends_on:/d; /- db/d" app.yml]',
            '[node1: docker stack deploy -c app.yml app]',
          ],
          goals: [
            {
              say: 'You have changed the file and deployed it',
              check: { all: [{ typed: 'app\\.yml' }, { typed: 'docker stack (deploy|up)' }] },
            },
            {
              say: 'Both services run',
              check: {
                all: [
                  { service: 'app_web', running: 1 },
                  { service: 'app_db', running: 1 },
                ],
              },
            },
          ],
        },
      ],
    },
    {
      id: 'rolling-update',
      title: 'A new version, without a gap',
      about: 'Update order, parallelism and delay, with six tasks serving all the time',
      start: lessonStart('A running swarm', { managers: 3, workers: 2, services: [web(6)] }),
      steps: [
        {
          title: 'The usual way',
          text: [
            'By default tasks are replaced one by one, and each old one is stopped before its new one starts:',
            '[node1: docker service update --image nginx:1.27 web]',
          ],
          predict: {
            question: 'How many tasks serve during this update?',
            answers: ['All six, always', 'Five or six', 'None for a moment'],
            right: 1,
            because: 'stop-first: for a moment one is missing.',
          },
          goals: [
            { say: 'web runs nginx:1.27', check: { service: 'web', image: 'nginx:1.27', update: 'completed' } },
            { say: 'At least five tasks ran all the time', check: { available: 'web', atLeast: 5 } },
          ],
        },
        {
          title: 'Start first',
          text: [
            'If there is room for one more, start the new one first:',
            '[node1: docker service update --image nginx:1.28 --update-order start-first web]',
          ],
          goals: [
            { say: 'web runs nginx:1.28', check: { service: 'web', image: 'nginx:1.28', update: 'completed' } },
            { say: 'Six tasks ran all the time', check: { available: 'web', atLeast: 6 } },
          ],
          hints: [
            {
              when: { not: { available: 'web', atLeast: 6 } },
              say: 'One was stopped before its successor ran. Begin the step again, with --update-order start-first.',
            },
          ],
        },
        {
          title: 'Faster',
          text: [
            'Three at a time, ten seconds between the groups:',
            '[node1: docker service update --image nginx:1.29 --update-parallelism 3 --update-delay 10s web]',
          ],
          goals: [
            {
              say: 'web runs nginx:1.29',
              check: { service: 'web', image: 'nginx:1.29', update: 'completed', running: 6 },
            },
          ],
        },
      ],
    },
    {
      id: 'update-paused',
      title: 'Why did my update pause?',
      about: 'A bad image, the failure action, and the way back',
      start: lessonStart('A running swarm', { managers: 3, workers: 2, services: [web(4)] }),
      steps: [
        {
          title: 'A bad version',
          text: [
            'Somebody has mistyped the name of an image. No registry has it:',
            '[node1: docker service update -d --image nginx-missing:2 web]',
            '[wait 20]',
            '[node1: docker service ps web]',
          ],
          predict: {
            question: 'What will be left of web?',
            answers: ['Nothing: all four are replaced', 'Three tasks of the old version'],
            right: 1,
            because: 'The first new task fails. The failure action is pause, so the other three are left alone.',
          },
          goals: [
            { say: 'The update has paused', check: { service: 'web', update: 'paused' } },
            { say: 'Three tasks went on running all the time', check: { available: 'web', atLeast: 3 } },
          ],
        },
        {
          title: 'Back',
          text: ['The swarm remembers what the service was before:', '[node1: docker service rollback web]'],
          goals: [
            {
              say: 'Four tasks of nginx:1.26 run',
              check: {
                all: [
                  { service: 'web', image: 'nginx:1.26', running: 4 },
                  { tasks: 'web', state: 'running', image: 'nginx:1.26', count: 4 },
                ],
              },
            },
            { say: 'The rollback is completed', check: { service: 'web', update: 'rollback_completed' } },
          ],
        },
        {
          title: 'By itself',
          text: [
            'Let the swarm go back by itself when an update fails:',
            '[node1: docker service update -d --update-failure-action rollback --image nginx-missing:3 web]',
            '[wait 30]',
            '[node1: docker service inspect --pretty web]',
          ],
          goals: [
            {
              say: 'The update was rolled back by itself',
              check: {
                all: [
                  { service: 'web', update: 'rollback_completed', image: 'nginx:1.26' },
                  { typed: 'failure-action' },
                ],
              },
            },
            { say: 'Four tasks run', check: { service: 'web', running: 4 } },
          ],
        },
      ],
    },
    {
      id: 'health',
      title: 'Running is not healthy',
      about: 'Health checks: when a task is really there, and when it is replaced',
      start: lessonStart('An empty swarm', { managers: 1, workers: 2 }),
      steps: [
        {
          title: 'A check',
          text: [
            'A process may run and serve nothing. A health check asks it, from inside:',
            '[node1: docker service create --name web --replicas 2 -p 80:80 --health-cmd "curl -f http://localhost/" --health-interval 5s --health-retries 2 nginx:1.26]',
            'A task counts as running only after its first good answer. Until then nobody sends it anything.',
          ],
          goals: [
            {
              say: 'Two tasks of web are healthy and run',
              check: { all: [{ service: 'web', running: 2 }, { typed: 'health-cmd' }] },
            },
          ],
        },
        {
          title: 'A check that fails',
          text: [
            'Now a page is asked for that is not there:',
            '[node1: docker service update -d --health-cmd "curl -f http://localhost/nothing-here" web]',
            'The new task never gets healthy. After two failures its container is stopped, and the update pauses.',
            '[wait 40]',
            '[node1: docker service ps web]',
          ],
          goals: [
            {
              say: 'A task that was never healthy has been stopped',
              check: {
                any: ['failed', 'complete'].map((state) => ({
                  happened: 'task.state',
                  where: { service: 'web', state },
                })),
              },
            },
            { say: 'The update has paused', check: { service: 'web', update: 'paused' } },
            { say: 'One healthy task served all the time', check: { available: 'web', atLeast: 1 } },
          ],
        },
        {
          title: 'Put it right',
          text: ['[node1: docker service rollback web]'],
          goals: [
            { say: 'Two tasks run', check: { all: [{ service: 'web', running: 2, update: 'rollback_completed' }] } },
          ],
        },
      ],
    },
    {
      id: 'secrets-and-configs',
      title: 'Secrets and configs',
      about: 'Passwords that are in no image and in no environment',
      start: lessonStart('An empty swarm', { managers: 1, workers: 2 }),
      steps: [
        {
          title: 'A secret',
          text: [
            '[node1: printf mypass | docker secret create db_password -]',
            "It is kept in the managers' encrypted log. Nobody can read it out again: not you either.",
          ],
          goals: [
            {
              say: 'There is a secret db_password',
              check: { happened: 'secret.created', where: { name: 'db_password' } },
            },
          ],
        },
        {
          title: 'Who needs it, gets it',
          text: [
            '[node1: docker service create --name db --secret db_password -e POSTGRES_PASSWORD_FILE=/run/secrets/db_password --constraint node.hostname==node2 postgres:15]',
            'Only a machine with a task that needs it is sent the secret; it lies in memory there, as a file:',
            '[node2: docker exec $(docker ps -q -f name=db) cat /run/secrets/db_password]',
          ],
          goals: [
            { say: 'db runs', check: { service: 'db', running: 1 } },
            {
              say: 'The secret has come to a machine',
              check: { happened: 'secret.delivered', where: { name: 'db_password' } },
            },
          ],
          hints: [
            {
              when: { happened: 'container.exited', where: { exitCode: 1 } },
              say: 'Postgres ends at once: it has found no password. POSTGRES_PASSWORD_FILE must name the file of the secret.',
            },
          ],
        },
        {
          title: 'A config',
          text: [
            'What is not secret, but still no part of the image, is a config:',
            '[node1: echo "hello from a config" | docker config create greeting -]',
            '[node1: docker service create --name web --config source=greeting,target=/usr/share/nginx/html/index.html -p 80:80 nginx:1.26]',
          ],
          goals: [
            { say: 'web runs with a config', check: { all: [{ service: 'web', running: 1 }, { typed: 'config' }] } },
          ],
        },
        {
          title: 'A new password',
          text: [
            'Secrets cannot be changed. Make a new one, and exchange them; the file in the container keeps its name:',
            '[node1: printf better | docker secret create db_password_2 -]',
            '[node1: docker service update --secret-rm db_password --secret-add source=db_password_2,target=db_password db]',
          ],
          goals: [
            {
              say: 'The new secret has come to the machine',
              check: { happened: 'secret.delivered', where: { name: 'db_password_2' } },
            },
            { say: 'db runs', check: { service: 'db', running: 1, update: 'completed' } },
          ],
        },
      ],
    },
    {
      id: 'volumes',
      title: 'A place for the data',
      about: 'Why a database has one replica and a fixed machine',
      start: lessonStart('A database', { managers: 1, workers: 2 }),
      setup: [
        'node1: docker service create -d --name db -e POSTGRES_PASSWORD=x --mount type=volume,source=data,target=/var/lib/postgresql/data --constraint node.role==worker postgres:15',
        'wait 10',
      ],
      steps: [
        {
          title: 'The volume is on one machine',
          text: [
            'The database keeps its files in a volume named `data`. It survives containers. Find it:',
            '[node1: docker service ps db]',
            '[node2: docker volume ls]',
            '[node3: docker volume ls]',
          ],
          goals: [{ say: 'You have looked for volumes', check: { typed: 'docker volume (ls|inspect)' } }],
        },
        {
          title: 'The task moves',
          text: [
            'Drain the machine that has it. In this world that is the one with the task, node2 or node3:',
            '[node1: docker node update --availability drain $(docker service ps -f desired-state=running --format "{{.Node}}" db)]',
          ],
          predict: {
            question: 'Where are the data now?',
            answers: ['They moved along', 'They stayed; the new task has an empty volume'],
            right: 1,
            because: 'A local volume is a folder of one machine. The same name on another machine is another volume.',
          },
          goals: [
            {
              say: 'db runs on the other worker',
              check: {
                all: [
                  { service: 'db', running: 1 },
                  { volume: 'data', on: 'node2' },
                  { volume: 'data', on: 'node3' },
                ],
              },
            },
          ],
        },
        {
          title: 'A fixed place',
          text: [
            'Take both back, and nail the database to one machine by a label:',
            '[node1: docker node update --availability active node2]',
            '[node1: docker node update --availability active node3]',
            '[node1: docker node update --label-add database=yes node2]',
            '[node1: docker service update --constraint-add node.labels.database==yes db]',
            'If that machine is lost, so is the database, until it is back: that is the price. One replica only, too: two servers writing the same files would spoil them.',
          ],
          goals: [
            {
              say: 'db may run on node2 only, and does',
              check: {
                all: [
                  { node: 'node2', label: ['database', 'yes'] },
                  { tasks: 'db', on: 'node2', state: 'running', count: 1 },
                ],
              },
            },
            { say: 'You have said so by a constraint', check: { typed: 'constraint-add' } },
          ],
        },
      ],
    },
    {
      id: 'images',
      title: 'Images of your own',
      about: 'Build, push, and what happens when a machine cannot fetch',
      start: lessonStart('An empty swarm', { managers: 1, workers: 2 }),
      steps: [
        {
          title: 'Build, tag, push',
          text: [
            'Images are built on a machine of yours, not in the swarm: `docker build -t registry.example.com/team/shop:1.0 .`, then `docker push registry.example.com/team/shop:1.0`.',
            'The name of the registry is part of the name of the image. Every machine fetches it from there by itself.',
          ],
        },
        {
          title: 'Use it',
          text: [
            'A private registry wants a name and a password: `docker login` on the manager, and let the service carry them along:',
            '[node1: docker service create --name shop --with-registry-auth --replicas 3 registry.example.com/team/shop:1.0]',
          ],
          goals: [
            {
              say: 'Three tasks of shop run',
              check: { service: 'shop', running: 3, image: 'registry.example.com/team/shop:1.0' },
            },
          ],
        },
        {
          title: 'Not there',
          text: [
            'And if nobody has pushed it?',
            '[node1: docker service create -d --name shop2 registry.example.com/team/missing:1.0]',
            '[wait 8]',
            '[node1: docker service ps --no-trunc shop2]',
          ],
          predict: {
            question: 'In which state will its tasks be?',
            answers: ['Pending: they wait for the image', 'Rejected, again and again', 'Failed, once'],
            right: 1,
            because: 'A task that cannot be prepared is rejected, and the next one is tried 5 seconds later.',
          },
          goals: [
            {
              say: 'Tasks of shop2 are rejected',
              check: { happened: 'task.state', where: { service: 'shop2', state: 'rejected' }, times: { min: 2 } },
            },
          ],
        },
        {
          title: 'Put it right',
          text: ['[node1: docker service update --image registry.example.com/team/shop:1.0 shop2]'],
          goals: [{ say: 'shop2 runs', check: { service: 'shop2', running: 1 } }],
        },
      ],
    },
  ],
};
