/** Files that are no experiment, and mistakes in names, topology and variables. */
import type { BadInput } from "./sample.ts";

export const badTopology: BadInput[] = [
  {
    name: "a mapping as a key",
    find: "title: Sample",
    put: "title: Sample\n{ a: b }: c",
    problems: ["4:1: expected a text as a key"],
  },
  {
    name: "a file with nothing in it",
    text: "",
    problems: ["1:1: expected an experiment: a mapping of keys, found an empty file"],
  },
  {
    name: "a file with a comment only",
    text: "# nothing\n",
    problems: ["1:1: expected an experiment: a mapping of keys, found an empty file"],
  },
  {
    name: "a list",
    text: "- a\n- b\n",
    problems: ["1:1: expected an experiment: a mapping of keys, found a list"],
  },
  {
    name: "a sentence",
    text: "not an experiment\n",
    problems: ["1:1: expected an experiment: a mapping of keys, found a single value"],
  },
  {
    name: "a flow that is not closed",
    find: "[east, west]\n  clusters",
    put: "[east, west\n  clusters",
    problems: [
      "6:3: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  },
  {
    name: "a tab as indentation",
    find: "  regions:",
    put: "\tregions:",
    problems: [
      "5:1: not valid YAML: Tabs are not allowed as indentation",
      "6:1: not valid YAML: All mapping items must start at the same column",
      "9:1: not valid YAML: All mapping items must start at the same column",
      "11:1: not valid YAML: All mapping items must start at the same column",
    ],
  },
  {
    name: "two documents",
    find: "version: 1\n",
    put: "version: 1\n---\nversion: 1\n",
    problems: ["2:1: expected one document, found another after `---`"],
  },
  {
    name: "an alias without an anchor",
    find: "title: Sample",
    put: "title: *nowhere",
    problems: ['3:8: no anchor "&nowhere" stands before this alias'],
  },
  {
    name: "an alias within itself",
    find: "title: Sample",
    put: "title: &a [*a]",
    problems: ["1:1: nested too deeply, or an alias (*name) refers to itself"],
  },
  {
    name: "an unknown tag",
    find: "title: Sample",
    put: "title: !secret x",
    problems: ["3:8: not valid YAML: Unresolved tag: !secret"],
  },
  {
    name: "a duplicate key",
    find: "title: Sample",
    put: "title: Sample\ntitle: Other",
    problems: ['4:1: the key "title" is given twice'],
  },
  {
    name: "a duplicate key in a flow",
    find: "rate: 100/s,",
    put: "rate: 100/s, rate: 200/s,",
    problems: ['17:47: the key "rate" is given twice'],
  },
  {
    name: "a version of the future",
    find: "version: 1",
    put: "version: 2",
    problems: ["1:10: expected version: 1, found the number 2"],
  },
  {
    name: "a name with a space",
    find: "name: sample",
    put: "name: my drill",
    problems: [
      '2:7: "my drill" is not a name: lower-case letters, digits and single dashes, a letter first',
    ],
  },
  {
    name: "a missing title",
    find: "title: Sample\n",
    put: "",
    problems: ['1:1: the key "title" is missing: expected a text'],
  },
  {
    name: "a misspelt key",
    find: "title: Sample",
    put: "titel: Sample",
    problems: [
      '1:1: the key "title" is missing: expected a text',
      '3:1: unknown key "titel"; did you mean "title"?',
    ],
  },
  {
    name: "a key of another place",
    find: "size: 512B,",
    put: "size: 512B, replication: 3,",
    problems: [
      '17:59: unknown key "replication"; the other keys here are name, cluster, partitions, acks, idempotent, transactional, linger, batch, client',
    ],
  },
  {
    name: "an empty value",
    find: "title: Sample",
    put: "title:",
    problems: ["3:1: expected a text, found nothing"],
  },
  {
    name: "a text as a seed",
    find: "title: Sample",
    put: "title: Sample\nseed: many",
    problems: ['4:7: expected a whole number as seed, found "many"'],
  },
  {
    name: "a version without quotes",
    find: "brokers: { east: 3 }",
    put: "kafka: 4.3, brokers: { east: 3 }",
    problems: ['7:23: expected a version in quotes, such as "4.3.1", found the number 4.3'],
  },
  {
    name: "a version before KRaft",
    find: "brokers: { east: 3 }",
    put: 'kafka: "2.8.0", brokers: { east: 3 }',
    problems: ["7:23: expected Kafka 3.3 or later, found 2.8.0"],
  },
  {
    name: "no region",
    find: "regions: [east, west]",
    put: "regions: []",
    problems: ["5:12: expected at least one region, found an empty list"],
  },
  {
    name: "a region listed twice",
    find: "regions: [east, west]",
    put: "regions: [east, west, west]",
    problems: ['5:25: region "west" is listed twice'],
  },
  {
    name: "brokers in an unknown region",
    find: "{ west: 3 }",
    put: "{ wset: 3 }",
    problems: [
      '8:27: no region "wset"; did you mean "west"?',
      '17:69: topic "orders" cannot be served from west: no cluster has brokers in west',
      '19:60: topic "orders" cannot be served from west: no cluster has brokers in west',
    ],
  },
  {
    name: "half a broker",
    find: "{ west: 3 }",
    put: "{ west: 1.5 }",
    problems: ["8:33: expected a whole number of nodes, found the number 1.5"],
  },
  {
    name: "a setting that is the topology's",
    find: "{ brokers: { west: 3 } }",
    put: "{ brokers: { west: 3 }, config: { node.id: 7 } }",
    problems: ['8:48: "node.id" is set by the topology, not by hand'],
  },
  {
    name: "a heap that does not boot",
    find: "{ brokers: { west: 3 } }",
    put: "{ brokers: { west: 3 }, heap: 64MiB }",
    problems: ["8:44: expected a heap of at least 128MiB"],
  },
  {
    name: "a bare number as a duration",
    find: "latency: 20ms",
    put: "latency: 20",
    problems: ["10:41: expected a duration such as 250ms, 5s or 1m30s, found the number 20"],
  },
  {
    name: "a wrong unit",
    find: "latency: 20ms",
    put: "latency: 20 ms",
    problems: ['10:41: "20 ms": expected a duration such as 250ms, 5s or 1m30s'],
  },
  {
    name: "a unit of something else",
    find: "latency: 20ms",
    put: "latency: 20kB",
    problems: ['10:41: "20kB": expected a duration such as 250ms, 5s or 1m30s'],
  },
  {
    name: "a duration of days",
    find: "latency: 20ms",
    put: "latency: 48h",
    problems: ['10:41: expected at most 24h, found "48h"'],
  },
  {
    name: "a link with one end",
    find: "between: [east, west]",
    put: "between: [east]",
    problems: ["10:18: expected two regions, such as [east, west], found a list"],
  },
  {
    name: "a link to itself",
    find: "between: [east, west]",
    put: "between: [east, east]",
    problems: ["10:18: a link needs two different regions"],
  },
  {
    name: "a link to an unknown region",
    find: "between: [east, west]",
    put: "between: [east, weast]",
    problems: ['10:25: no region "weast"; did you mean "east"?'],
  },
  {
    name: "a link listed twice",
    find: "latency: 20ms }",
    put: "latency: 20ms }\n    - { between: [west, east], latency: 1ms }",
    problems: ["11:18: the link between west and east is listed twice"],
  },
  {
    name: "another kind of replication",
    find: "mirror-maker-2",
    put: "mirror-maker",
    problems: [
      '12:15: expected "mirror-maker-2", found "mirror-maker"; did you mean "mirror-maker-2"?',
    ],
  },
  {
    name: "replication from an unknown cluster",
    find: "from: primary",
    put: "from: primry",
    problems: ['12:37: no cluster "primry"; did you mean "primary"?'],
  },
  {
    name: "replication to itself",
    find: "to: standby, in",
    put: "to: primary, in",
    problems: ["12:50: replication needs two different clusters"],
  },
  {
    name: "replication of a topic that is not there",
    find: "topics: [orders]",
    put: "topics: [order]",
    problems: [
      '12:78: no topic of primary matches "order"; did you mean "orders"?',
      '17:69: topic "orders" cannot be served from west: nothing replicates it from primary to standby',
      '19:60: topic "orders" cannot be served from west: nothing replicates it from primary to standby',
    ],
  },
  {
    name: "replication of no regular expression",
    find: "topics: [orders]",
    put: 'topics: ["orders("]',
    problems: ['12:78: "orders(" is not a regular expression'],
  },
  {
    name: "a MirrorMaker setting that is the file's own",
    find: "topics: [orders] }",
    put: "topics: [orders], config: { topics: x } }",
    problems: ['12:97: "topics" is set by the experiment\'s own keys'],
  },
  {
    name: "a feature's level that is a word",
    find: "primary: { brokers: { east: 3 } }",
    put: "primary: { brokers: { east: 3 }, features: { group.version: off } }",
    problems: ['7:65: expected the level of a feature, such as 0 or 1, found "off"'],
  },
  {
    name: "racks where no broker is",
    find: "primary: { brokers: { east: 3 } }",
    put: "primary: { brokers: { east: 3 }, racks: { west: a } }",
    problems: ['7:47: no region "west"; the regions are east'],
  },
  {
    name: "a rack too few",
    find: "primary: { brokers: { east: 3 } }",
    put: "primary: { brokers: { east: 3 }, racks: { east: [a, b] } }",
    problems: ["7:53: 2 racks for 3 brokers in east"],
  },
  {
    name: "racks that are none",
    find: "primary: { brokers: { east: 3 } }",
    put: "primary: { brokers: { east: 3 }, racks: off }",
    problems: [
      '7:45: expected racks by region, such as { east: r1, west: [r2, r3] }, or `none` for brokers without a rack, found "off"',
    ],
  },
];
