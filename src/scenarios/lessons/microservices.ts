/** The microservice demo: customers, products, invoices and a gateway; scale, lose a container, lose a machine, ship a new version. */
import type { Chapter } from './lesson.ts';
import { lessonStart } from './lesson-start.ts';

const shop = `services:
  gateway:
    image: shop/gateway:1.0
    ports:
      - "80:80"
    deploy:
      replicas: 2
      update_config:
        order: start-first
  customers:
    image: shop/customers:1.0
    deploy:
      replicas: 2
      update_config:
        order: start-first
  products:
    image: shop/products:1.0
    deploy:
      replicas: 2
  invoices:
    image: shop/invoices:1.0
`;

const setup = ['node1: docker stack deploy -c shop.yml shop', 'wait 12'];
const files = { 'shop.yml': shop };

export const microservices: Chapter = {
  id: 'microservices',
  title: 'The microservice demo',
  lessons: [
    {
      id: 'shop',
      title: 'Four services behind a gateway',
      about: 'Deploy the shop, ask it, and scale what is asked most',
      start: lessonStart('The shop as a file', { managers: 3, workers: 2, files }),
      steps: [
        {
          title: 'Deploy',
          text: [
            '`gateway` takes requests and passes them on, by their path, to `customers`, `products` and `invoices`.',
            '[node1: docker stack deploy -c shop.yml shop]',
          ],
          goals: [
            {
              say: 'All four services run',
              check: {
                all: [
                  { service: 'shop_gateway', running: 2 },
                  { service: 'shop_customers', running: 2 },
                  { service: 'shop_products', running: 2 },
                  { service: 'shop_invoices', running: 1 },
                ],
              },
            },
          ],
        },
        {
          title: 'Ask',
          text: [
            '[node4: curl -s localhost/customers/1]',
            '[node4: curl -s localhost/products/2]',
            'Two balancers are at work: the mesh chooses a gateway, and the gateway asks a virtual address.',
          ],
          goals: [
            {
              say: 'The shop has answered twice',
              check: { happened: 'packet.answered', on: 'node4', times: { min: 2 } },
            },
          ],
        },
        {
          title: 'Scale',
          text: [
            'Everybody looks at products:',
            '[node1: docker service scale shop_products=5]',
            '[node4: for i in 1 2 3 4 5 6; do curl -s localhost/products | head -c 60; echo; done]',
          ],
          goals: [{ say: 'Five tasks of shop_products run', check: { service: 'shop_products', running: 5 } }],
        },
      ],
    },
    {
      id: 'shop-bad-day',
      title: 'A bad day for the shop',
      about: 'A container dies, a machine dies, and a new version ships all the same',
      start: lessonStart('The shop runs', { managers: 3, workers: 2, files }),
      setup,
      steps: [
        {
          title: 'A container dies',
          text: [
            'See where customers run, and then kill a container of the shop on node4, whichever it is:',
            '[node1: docker service ps -f desired-state=running shop_customers]',
            '[node4: docker kill $(docker ps -q | head -n 1)]',
          ],
          goals: [
            { say: 'A container has been killed', check: { happened: 'container.exited', where: { exitCode: 137 } } },
            {
              say: 'Everything runs in full again',
              check: {
                held: {
                  all: [
                    { service: 'shop_gateway', running: 2 },
                    { service: 'shop_customers', running: 2 },
                    { service: 'shop_products', running: 2 },
                    { service: 'shop_invoices', running: 1 },
                  ],
                },
                seconds: 3,
              },
            },
          ],
        },
        {
          title: 'A machine dies',
          text: ['[!power-off node4]'],
          goals: [
            { say: 'node4 is down', check: { node: 'node4', state: 'down' } },
            {
              say: 'Everything runs in full again, elsewhere',
              check: {
                all: [
                  { service: 'shop_gateway', running: 2 },
                  { service: 'shop_customers', running: 2 },
                  { service: 'shop_products', running: 2 },
                  { service: 'shop_invoices', running: 1 },
                ],
              },
            },
          ],
        },
        {
          title: 'And a new version',
          text: [
            'The file says start-first for customers, so nobody has to notice:',
            '[node1: sed -i "s/customers:1.0/customers:2.0/" shop.yml]',
            '[node1: docker stack deploy -c shop.yml shop]',
          ],
          goals: [
            {
              say: 'customers is version 2.0',
              check: { all: [{ service: 'shop_customers', image: 'shop/customers:2.0', update: 'completed' }] },
            },
            { say: 'Two of them served all the time', check: { available: 'shop_customers', atLeast: 2 } },
          ],
        },
      ],
    },
  ],
};
