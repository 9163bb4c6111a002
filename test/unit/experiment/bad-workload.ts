/** Mistakes in topics and clients. */
import type { BadInput } from "./sample.ts";

export const badWorkload: BadInput[] = [
  {
    name: "a cluster named like something every object has",
    find: "cluster: primary, partitions",
    put: "cluster: toString, partitions",
    problems: ['15:32: no cluster "toString"; the clusters are primary, standby'],
  },
  {
    name: "a topic where its mirror would be",
    find: "minInsync: 2 }",
    put: "minInsync: 2 }\n    - { name: primary.orders, cluster: standby, partitions: 1, replication: 1, minInsync: 1 }",
    problems: ['16:15: replication primary -> standby writes its mirror of "orders" here'],
  },
  {
    name: "a replication factor above the brokers",
    find: "replication: 3",
    put: "replication: 4",
    problems: ["15:69: replication factor 4, but primary has 3 brokers"],
  },
  {
    name: "minInsync above the replication factor",
    find: "minInsync: 2",
    put: "minInsync: 4",
    problems: ["15:83: minInsync 4 is above replication 3: no write would ever be acked"],
  },
  {
    name: "a topic given twice",
    find: "minInsync: 2 }",
    put: "minInsync: 2 }\n    - { name: orders, cluster: primary, partitions: 1, replication: 1, minInsync: 1 }",
    problems: ['16:15: topic "orders" is given twice on primary'],
  },
  {
    name: "a topic on an unknown cluster",
    find: "cluster: primary, partitions",
    put: "cluster: primery, partitions",
    problems: ['15:32: no cluster "primery"; did you mean "primary"?'],
  },
  {
    name: "a topic with a reserved name",
    find: "name: orders",
    put: "name: blackstart-control",
    problems: [
      '12:78: no topic of primary matches "orders"; the topics of primary are blackstart-control',
      '15:15: the name "blackstart-control" is reserved',
      '17:16: no topic "orders"; the topics are blackstart-control',
      '19:16: no topic "orders"; the topics are blackstart-control',
    ],
  },
  {
    name: "a bare number as a rate",
    find: "rate: 100/s",
    put: "rate: 100",
    problems: ["17:40: expected a rate such as 2000/s or 30/m, found the number 100"],
  },
  {
    name: "a rate per hour",
    find: "rate: 100/s",
    put: "rate: 100/h",
    problems: ['17:40: "100/h": expected a rate such as 2000/s or 30/m'],
  },
  {
    name: "a record smaller than its header",
    find: "size: 512B",
    put: "size: 39B",
    problems: [
      '17:53: expected a record size from 40B (the header that identifies a record) to 1MB, found "39B"',
    ],
  },
  {
    name: "an unknown topic",
    find: "- { topic: orders, in: east, rate",
    put: "- { topic: oders, in: east, rate",
    problems: ['17:16: no topic "oders"; did you mean "orders"?'],
  },
  {
    name: "a producer in an unknown region",
    find: "in: east, rate",
    put: "in: eats, rate",
    problems: ['17:28: no region "eats"; did you mean "east"?'],
  },
  {
    name: "a wrong rate beside a wrong region",
    find: "in: east, rate: 100/s",
    put: "in: eats, rate: 100",
    problems: [
      '17:28: no region "eats"; did you mean "east"?',
      "17:40: expected a rate such as 2000/s or 30/m, found the number 100",
    ],
  },
  {
    name: "an idempotent producer that does not wait",
    find: "size: 512B,",
    put: 'size: 512B, acks: "1",',
    problems: [
      '17:65: an idempotent producer needs acks: all; for acks: "1", say idempotent: false',
    ],
  },
  {
    name: "acks of no kind",
    find: "size: 512B,",
    put: "size: 512B, acks: none,",
    problems: ['17:65: expected acks: all, "1" or "0", found "none"'],
  },
  {
    name: "a failover to where the client is",
    find: "size: 512B, failover: west",
    put: "size: 512B, failover: east",
    problems: ["17:69: the producer is in east already"],
  },
  {
    name: "a failover to a region without a cluster",
    find: "{ west: 3 }",
    put: "{ east: 3 }",
    problems: [
      '17:69: topic "orders" cannot be served from west: no cluster has brokers in west',
      '19:60: topic "orders" cannot be served from west: no cluster has brokers in west',
    ],
  },
  {
    name: "a failover to a cluster without a mirror",
    find: "topics: [orders] }",
    put: "topics: [other] }",
    problems: [
      '12:78: no topic of primary matches "other"; the topics of primary are orders',
      '17:69: topic "orders" cannot be served from west: nothing replicates it from primary to standby',
      '19:60: topic "orders" cannot be served from west: nothing replicates it from primary to standby',
    ],
  },
  {
    name: "a group with two topics",
    find: "failover: west }\nsteps",
    put: "failover: west }\n    - { topic: more, group: billing, in: east }\nsteps",
    problems: [
      '20:16: no topic "more"; the topics are orders',
      '20:29: group "billing" reads "orders" already; a group reads one topic',
    ],
  },
  {
    name: "a placement with replicas where no broker is",
    find: "minInsync: 2 }",
    put: "minInsync: 2, placement: { east: 2, west: 1 } }",
    problems: ["15:114: 1 replica in west, where primary has no broker"],
  },
  {
    name: "a placement in an unknown region",
    find: "minInsync: 2 }",
    put: "minInsync: 2, placement: { eats: 3 } }",
    problems: ['15:99: no region "eats"; did you mean "east"?'],
  },
  {
    name: "a placement with more replicas in a region than it has brokers",
    find: "replication: 3, minInsync: 2 }",
    put: "replication: 4, minInsync: 2, placement: { east: 4 } }",
    problems: [
      "15:69: replication factor 4, but primary has 3 brokers",
      "15:105: 4 replicas in east, where primary has 3 brokers",
    ],
  },
  {
    name: "a placement that does not add up to the replication factor",
    find: "minInsync: 2 }",
    put: "minInsync: 2, placement: { east: 2 } }",
    problems: ["15:97: the placement has 2 replicas, but replication is 3"],
  },
  {
    name: "leaders where the placement has no replica",
    find: "minInsync: 2 }",
    put: "minInsync: 2, placement: { east: 3 }, leaders: west }",
    problems: ['15:119: no region "west"; the regions are east'],
  },
  {
    name: "leaders without a placement by region",
    find: "minInsync: 2 }",
    put: "minInsync: 2, leaders: east }",
    problems: ["15:86: `leaders` needs a `placement` by region"],
  },
  {
    name: "a placement by node that is too short, twice over",
    find: "partitions: 6, replication: 3, minInsync: 2 }",
    put: "partitions: 2, replication: 2, minInsync: 2, placement: [[primary-east-1]] }",
    problems: [
      "15:97: 1 list of nodes for 2 partitions: each needs one",
      "15:98: 1 node, but replication is 2",
    ],
  },
  {
    name: "a placement on nodes that cannot have it",
    find: "partitions: 6, replication: 3, minInsync: 2 }",
    put: "partitions: 1, replication: 2, minInsync: 2, placement: [[standby-west-1, primary-east-9]] }",
    problems: [
      '15:99: no broker "standby-west-1"; the brokers are primary-east-1, primary-east-2, primary-east-3',
      '15:115: no broker "primary-east-9"; did you mean "primary-east-1"?',
    ],
  },
  {
    name: "a placement with one node twice",
    find: "partitions: 6, replication: 3, minInsync: 2 }",
    put: "partitions: 1, replication: 2, minInsync: 2, placement: [[primary-east-1, primary-east-1]] }",
    problems: ['15:115: "primary-east-1" has this replica already'],
  },
  {
    name: "a placement that is none",
    find: "minInsync: 2 }",
    put: "minInsync: 2, placement: east }",
    problems: [
      '15:97: expected replicas by region, such as { dc1: 2, dc2: 2 }, or a list of node names for each partition, found "east"',
    ],
  },
  {
    name: "transactions that are not idempotent",
    find: "size: 512B,",
    put: "size: 512B, idempotent: false, transactional: {},",
    problems: ["17:93: transactions need acks: all and idempotent: true"],
  },
  {
    name: "transactions that last longer than a stall",
    find: "size: 512B,",
    put: "size: 512B, transactional: { commitEvery: 2s },",
    problems: [
      "17:89: a record is acked when its transaction is committed: with commitEvery above 500ms, half of policy.stall, every record would count as late",
    ],
  },
  {
    name: "transactions that are nearly all aborted",
    find: "size: 512B,",
    put: "size: 512B, transactional: { aborted: 95% },",
    problems: ['17:85: expected at most 90%, found "95%"'],
  },
];
