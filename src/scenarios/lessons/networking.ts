/** Networking: overlays and names, virtual addresses, the routing mesh, round robin by DNS, limits, separate networks. */
import type { Chapter } from './lesson.ts';
import { lessonStart, web } from './lesson-start.ts';

const client = 'docker exec $(docker ps -q -f name=client)';

export const networking: Chapter = {
  id: 'networking',
  title: 'Networking',
  lessons: [
    {
      id: 'drupal-and-postgres',
      title: 'Two services, one network',
      about: 'Drupal finds Postgres by its name, on another machine',
      start: lessonStart('An empty swarm', { managers: 1, workers: 2 }),
      steps: [
        {
          title: 'An overlay',
          text: [
            'A web site needs its database, wherever both happen to run. An overlay is a network that reaches over all machines:',
            '[node1: docker network create -d overlay site]',
          ],
          goals: [
            {
              say: 'There is an overlay named site',
              check: { happened: 'network.created', where: { name: 'site', driver: 'overlay' } },
            },
          ],
          hints: [
            {
              when: { happened: 'network.created', where: { name: 'site', driver: 'bridge' } },
              say: 'That is a bridge: it ends at its machine. Remove it, and say -d overlay.',
            },
          ],
        },
        {
          title: 'The database',
          text: ['[node1: docker service create --name psql --network site -e POSTGRES_PASSWORD=mypass postgres:15]'],
          goals: [{ say: 'psql runs', check: { service: 'psql', running: 1 } }],
          hints: [
            {
              when: { happened: 'container.exited', where: { exitCode: 1 } },
              say: 'The container ends at once. docker service logs psql says why: postgres wants a password.',
            },
          ],
        },
        {
          title: 'The web site',
          text: [
            '[node1: docker service create --name drupal --network site -p 80:80 drupal:9]',
            'Both are on the network `site`. Look on which machines they run: the network is there, too, and nowhere else.',
          ],
          goals: [
            { say: 'drupal runs and is published on port 80', check: { service: 'drupal', running: 1, port: 80 } },
            { say: 'The network is present on two machines', check: { overlay: 'site', machines: 2 } },
          ],
        },
        {
          title: 'By name',
          text: [
            'Open `http://node1/` in the Browser tab and install the site: driver pgsql, host `psql`, database and user `postgres`, password `mypass`. Or send the form from here:',
            '[node1: curl -s -o /dev/null -w "%{http_code}\\n" -d "driver=pgsql&host=psql&database=postgres&username=postgres&password=mypass&site=Books" localhost/core/install.php]',
            "Nobody has told Drupal an address. Docker's own DNS, at 127.0.0.11 in every container, knows the name of each service on the same network.",
          ],
          goals: [{ say: 'drupal has reached psql', check: { happened: 'packet.answered', on: 'node1' } }],
          solution: [
            'node1: curl -s -o /dev/null -w "%{http_code}\\n" -d "driver=pgsql&host=psql&database=postgres&username=postgres&password=mypass&site=Books" localhost/core/install.php',
          ],
        },
      ],
    },
    {
      id: 'names-and-vips',
      title: 'One name, one address, many tasks',
      about: 'Virtual addresses: what a service name stands for',
      start: lessonStart('A network with two services', { managers: 1, workers: 2 }),
      setup: [
        'node1: docker network create -d overlay inside',
        'node1: docker service create -d --name client --network inside --constraint node.hostname==node1 alpine:3 sleep 100000',
        'node1: docker service create -d --name api --network inside --replicas 3 httpd:2.4',
        'wait 10',
      ],
      steps: [
        {
          title: 'Ask for the name',
          text: [
            'Three tasks of `api` and one `client` share a network. In the client, look the name up:',
            `[node1: ${client} nslookup api]`,
          ],
          predict: {
            question: 'How many addresses stand for api?',
            answers: ['One', 'Three, one per task'],
            right: 0,
            because:
              'It is a virtual address, a VIP. It belongs to the service and stays as it is, whatever happens to its tasks.',
          },
          goals: [
            {
              say: 'You have asked for api in the client',
              check: { typed: 'exec .*(nslookup|dig|getent|ping|curl|wget).* api' },
            },
          ],
        },
        {
          title: 'Ask for the tasks',
          text: ['The tasks have addresses of their own, under another name:', `[node1: ${client} nslookup tasks.api]`],
          goals: [{ say: 'You have asked for tasks.api', check: { typed: 'tasks\\.api' } }],
        },
        {
          title: 'Taking turns',
          text: [
            'Connect to the virtual address six times:',
            `[node1: for i in 1 2 3 4 5 6; do ${client} wget -q -O - http://api/ | grep -i container; done]`,
            "The kernel of the client's machine (IPVS) gives each new connection to the next task in turn. It knows nothing of how busy they are, and nothing of who asked before.",
          ],
          goals: [{ say: 'All three tasks have answered', check: { answerers: 3 } }],
        },
        {
          title: 'The address stays',
          text: ['Scale it, and ask again:', '[node1: docker service scale api=5]', `[node1: ${client} nslookup api]`],
          goals: [
            { say: 'api has five tasks', check: { service: 'api', running: 5 } },
            { say: 'You have looked at its address again', check: { typed: 'exec .*(nslookup|dig|getent) api' } },
          ],
        },
      ],
    },
    {
      id: 'routing-mesh',
      title: 'The routing mesh',
      about: 'Elasticsearch behind one port of every machine',
      start: lessonStart('An empty swarm', { managers: 3, workers: 2 }),
      lens: 'network',
      steps: [
        {
          title: 'Publish a port',
          text: [
            '[node1: docker service create --name search --replicas 2 -p 9200:9200 elasticsearch:2]',
            'A published port is open on every machine of the swarm.',
          ],
          goals: [
            { say: 'Two tasks of search run behind port 9200', check: { service: 'search', running: 2, port: 9200 } },
          ],
        },
        {
          title: 'Ask where nothing runs',
          text: [
            'Two machines run a task, three do not. Ask each of them:',
            '[node1: for i in 1 2 3 4 5; do curl -s 192.168.99.10$i:9200 | grep \'"name"\'; done]',
          ],
          predict: {
            question: 'How many of the five machines answer?',
            answers: ['Two: those with a task', 'All five'],
            right: 1,
            because:
              'Each machine takes part in the network ingress. It balances what comes to the port over all tasks, wherever they are.',
          },
          goals: [{ say: 'Five answers have come', check: { happened: 'packet.answered', times: { min: 5 } } }],
        },
        {
          title: 'More behind the same door',
          text: [
            '[node1: docker service scale search=4]',
            '[node1: for i in 1 2 3 4 5 6 7 8; do curl -s localhost:9200 | grep \'"name"\'; done]',
            'Each node of Elasticsearch calls itself by the name of a hero; you see who has answered.',
          ],
          goals: [{ say: 'Four different tasks have answered', check: { answerers: { min: 4 } } }],
        },
        {
          title: 'What it costs',
          text: [
            'The mesh hides who asks: a task sees the address of the machine that passed the request on, not that of the client.',
            "It remembers nobody: two requests of one visitor go to two tasks. What a visitor has in the cart must not lie in one container's memory.",
            "If you need the client's address, publish with `mode=host`: then only machines with a task have the port, and each can have one.",
          ],
        },
      ],
    },
    {
      id: 'dns-round-robin',
      title: 'Without a virtual address',
      about: 'Endpoint mode dnsrr: the name gives the tasks themselves',
      start: lessonStart('A client on a network', { managers: 1, workers: 2 }),
      setup: [
        'node1: docker network create -d overlay inside',
        'node1: docker service create -d --name client --network inside --constraint node.hostname==node1 alpine:3 sleep 100000',
        'wait 8',
      ],
      steps: [
        {
          title: 'dnsrr',
          text: [
            '[node1: docker service create --name api --network inside --endpoint-mode dnsrr --replicas 3 httpd:2.4]',
            `[node1: ${client} nslookup api]`,
          ],
          goals: [
            { say: 'Three tasks of api run', check: { service: 'api', running: 3 } },
            { say: 'You have looked the name up', check: { typed: 'exec .*(nslookup|dig|getent) api' } },
          ],
        },
        {
          title: 'When a task goes',
          text: [
            'The answer holds all addresses, in another order each time. A client that remembers one of them may ask a task that is gone; a virtual address never goes stale.',
            '[node1: docker service scale api=1]',
            `[node1: ${client} nslookup api]`,
          ],
          goals: [
            { say: 'One task is left', check: { service: 'api', running: 1, desired: 1 } },
            { say: 'You have looked the name up again', check: { typed: 'exec .*(nslookup|dig|getent) api' } },
          ],
        },
        {
          title: 'No mesh for it',
          text: [
            'Try to publish a port for it:',
            '[node1: docker service update --publish-add 8080:80 api]',
            'The mesh needs a virtual address to balance. Without one it is refused. Give it back:',
            '[node1: docker service update --endpoint-mode vip --publish-add 8080:80 api]',
          ],
          goals: [{ say: 'api is published on port 8080', check: { service: 'api', port: 8080, running: 1 } }],
          hints: [
            {
              when: { typed: 'publish-add' },
              say: 'Port and endpoint mode must change together: --endpoint-mode vip.',
            },
          ],
        },
      ],
    },
    {
      id: 'one-port-one-service',
      title: 'One port, one service',
      about: 'Two services want port 80',
      start: lessonStart('web has port 80', { managers: 3, workers: 0, services: [web(2)] }),
      steps: [
        {
          title: 'Taken',
          text: [
            '`web` is published on port 80. Try to give another service the same door:',
            '[node1: docker service create --name shop -p 80:80 httpd:2.4]',
          ],
          predict: {
            question: 'What will the swarm say?',
            answers: [
              'It shares the port between both',
              'It refuses the second service',
              'It puts the service on other machines',
            ],
            right: 1,
            because: 'The mesh opens the port on all machines for one service. Requests carry no hint of another one.',
          },
          goals: [{ say: 'You have tried', check: { asked: 'POST /services/create' } }],
        },
        {
          title: 'Another door',
          text: [
            '[node1: docker service create --name shop -p 8080:80 --replicas 2 httpd:2.4]',
            '[node3: curl -s -o /dev/null -w "%{http_code}\\n" localhost:8080]',
            'To serve both on port 80, put a proxy there that tells them apart by their host name.',
          ],
          goals: [
            {
              say: 'shop runs on another port',
              check: { all: [{ service: 'shop', running: 2 }, { not: { service: 'shop', port: 80 } }] },
            },
            { say: 'It has answered', check: { answerers: { min: 1 } } },
          ],
        },
      ],
    },
    {
      id: 'front-and-back',
      title: 'Frontend and backend',
      about: 'Who shares no network cannot talk',
      start: lessonStart('An empty swarm', { managers: 1, workers: 2 }),
      steps: [
        {
          title: 'Two networks',
          text: [
            '[node1: docker network create -d overlay frontend]',
            '[node1: docker network create -d overlay backend]',
          ],
          goals: [
            {
              say: 'There are frontend and backend',
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
          title: 'Three services',
          text: [
            'The proxy faces the world, the database nobody. The application stands between them, in both networks:',
            '[node1: docker service create --name proxy --network frontend -p 80:80 --constraint node.hostname==node1 nginx:1.26]',
            '[node1: docker service create --name app --network frontend --network backend httpd:2.4]',
            '[node1: docker service create --name db --network backend -e POSTGRES_PASSWORD=secret postgres:15]',
          ],
          goals: [
            {
              say: 'proxy, app and db run',
              check: {
                all: [
                  { service: 'proxy', running: 1 },
                  { service: 'app', running: 1 },
                  { service: 'db', running: 1 },
                ],
              },
            },
          ],
        },
        {
          title: 'Who knows whom',
          text: [
            'Ask in the proxy for both names:',
            '[node1: docker exec $(docker ps -q -f name=proxy) nslookup app]',
            '[node1: docker exec $(docker ps -q -f name=proxy) nslookup db]',
          ],
          predict: {
            question: 'Which names does the proxy know?',
            answers: ['app and db', 'Only app', 'Neither'],
            right: 1,
            because: 'Names are told per network. Even the right address would not help: no network leads there.',
          },
          goals: [
            { say: 'You have asked for app', check: { typed: 'exec .* app' } },
            { say: 'You have asked for db', check: { typed: 'exec .* db' } },
          ],
        },
      ],
    },
  ],
};
